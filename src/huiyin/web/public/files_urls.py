from django.urls import path

from huiyin.web.public import files

urlpatterns = [path("files/<str:signed>", files.show, name="file")]
