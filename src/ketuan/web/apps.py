from django.apps import AppConfig


class Web(AppConfig):
    name = "ketuan.web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ketuan.web import signing

        signing.listen()
