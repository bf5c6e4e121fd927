from django.apps import AppConfig


class Records(AppConfig):
    name = "ketuan.records"
    label = "records"
    verbose_name = "记录"
    default_auto_field = "django.db.models.BigAutoField"
