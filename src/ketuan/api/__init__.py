"""The door for programs: JSON over the same verbs and permits as the pages. Described at /api/docs and /api/openapi.json."""
