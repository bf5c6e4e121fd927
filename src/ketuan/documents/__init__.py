"""Word, PDF and Excel in and out of forms. Readers return the form and their remarks; writers take a form."""
