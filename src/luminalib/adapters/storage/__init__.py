"""Where book files lie: on the local disk, or in MinIO or another S3 server."""
