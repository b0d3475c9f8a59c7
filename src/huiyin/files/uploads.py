"""Taking in uploads: to disk, never to memory, and no further than the limits.

A file that is too large is swallowed, not stored: the rest of the form arrives, and `operations.store` refuses the stub
that stands for the file with a message that says how to mend it.
"""

import io
import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers, StopUpload

# All files of one request together, in largest files; and the size from which nobody waits for the rest.
REQUEST_FILES = 5
HOPELESS = 50


class KeptUpload(UploadedFile[bytes]):
    """A file on disk without a name there: it goes with the request, even where the process is killed in between."""


class OversizedFile(UploadedFile[bytes]):
    """Stands for a file that was too large: it has a name and a size, and nothing inside."""

    def __init__(self, *, name: str, size: int) -> None:
        super().__init__(file=io.BytesIO(), name=name, size=size)


class LimitedUploadHandler(FileUploadHandler):
    """Streams each file to disk up to HUIYIN_FILE_MAX_BYTES; all files of a request hold at most five times that."""

    _total = 0
    _size = 0
    _over = False
    _hopeless = False

    def handle_raw_input(self, *args: Any, **_more: Any) -> None:
        """Note whether the declared length (the third argument) is beyond all reason."""
        self._hopeless = args[2] > HOPELESS * settings.HUIYIN_FILE_MAX_BYTES

    def new_file(self, *args: Any, **more: Any) -> None:
        """Begin a file; no other handler is needed for it."""
        if self._hopeless:
            raise StopUpload(connection_reset=True)
        super().new_file(*args, **more)
        self.file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 -- closed with the request
        self._size, self._over = 0, False
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 -- Django's signature
        """Write a chunk, or swallow it once a limit is passed."""
        self._size += len(raw_data)
        self._total += len(raw_data)
        most = settings.HUIYIN_FILE_MAX_BYTES
        if self._total > HOPELESS * most:
            raise StopUpload(connection_reset=True)
        if not self._over and (self._size > most or self._total > REQUEST_FILES * most):
            self._over = True
            self.file.close()
        if not self._over:
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """The file, or the stub of one that was too large."""
        if self._over:
            return OversizedFile(name=self.file_name or "", size=self._size)
        self.file.seek(0)
        return KeptUpload(
            file=self.file,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )

    def upload_interrupted(self) -> None:
        """The sender went away: what there is of the file goes too."""
        if hasattr(self, "file"):
            self.file.close()
