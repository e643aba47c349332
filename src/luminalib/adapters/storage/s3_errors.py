"""What the S3 client's errors mean for the operator."""

from xml.etree.ElementTree import ParseError

from minio.error import InvalidResponseError, MinioException, S3Error
from urllib3.exceptions import HTTPError, MaxRetryError, SSLError

from luminalib.domain.errors import LuminaError
from luminalib.ports.storage import ObjectMissing, StorageUnavailable

ClientError = MinioException | HTTPError | OSError | ParseError
CLIENT_ERRORS = (MinioException, HTTPError, OSError, ParseError)
"""What the client raises when the server is gone, refuses, or is no S3 server."""

_KEYS = "Check LUMINALIB_MINIO__ACCESS_KEY and LUMINALIB_MINIO__SECRET_KEY, and what this user may do."
_BUCKET = "Check LUMINALIB_MINIO__BUCKET, and restart the server to have it made."
_CLOCK = "Set the clocks of both machines right."
_FULL = "Free some space on it or raise its quota."
_ADVICE = {
    "AccessDenied": _KEYS,
    "InvalidAccessKeyId": _KEYS,
    "SignatureDoesNotMatch": _KEYS,
    "AuthorizationHeaderMalformed": "Check LUMINALIB_MINIO__REGION.",
    "NoSuchBucket": _BUCKET,
    "BucketAlreadyExists": "The bucket belongs to someone else: choose another name in LUMINALIB_MINIO__BUCKET.",
    "RequestTimeTooSkewed": _CLOCK,
    "XMinioStorageFull": _FULL,
    "QuotaExceeded": _FULL,
    "XMinioAdminBucketQuotaExceeded": _FULL,
}
_AGAIN = "Try again in a moment, and look into its log if that does not help."


def is_missing(error: S3Error) -> bool:
    """Whether the server says that there is no such object."""
    return error.code == "NoSuchKey"


def is_outside_range(error: S3Error) -> bool:
    """Whether the asked range starts behind the end of the object."""
    return error.code == "InvalidRange"


def translated(error: ClientError, endpoint: str, bucket: str) -> LuminaError:
    """ObjectMissing, or StorageUnavailable with a sentence on what to check."""
    if isinstance(error, S3Error):
        return _from_answer(error, endpoint, bucket)
    if isinstance(error, InvalidResponseError | ParseError):
        return StorageUnavailable(f"The answer of {endpoint} is not S3's. Check its health and LUMINALIB_MINIO__ENDPOINT.")
    if isinstance(error, MaxRetryError) and isinstance(error.reason, SSLError):
        return StorageUnavailable(f"No secure connection to {endpoint}: {error.reason}. Check LUMINALIB_MINIO__SECURE.")
    if isinstance(error, HTTPError | OSError):
        return StorageUnavailable(f"No answer from {endpoint}. Check that MinIO runs there and LUMINALIB_MINIO__ENDPOINT.")
    return StorageUnavailable(f"The file storage at {endpoint} failed: {error}. {_AGAIN}")


def _from_answer(error: S3Error, endpoint: str, bucket: str) -> LuminaError:
    if is_missing(error):
        return ObjectMissing(f"There is no file {error.object_name or ''} in the storage.")
    reason = f"The file storage at {endpoint} answered {error.code} for bucket {bucket}."
    return StorageUnavailable(f"{reason} {_ADVICE.get(error.code or '', _AGAIN)}")
