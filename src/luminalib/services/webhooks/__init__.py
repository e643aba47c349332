"""Webhooks out: the admins' desk, and the delivery of what waits."""

from luminalib.services.webhooks.deliveries import DeliveryService
from luminalib.services.webhooks.desk import NewWebhook, WebhookService, WebhookTools

__all__ = ["DeliveryService", "NewWebhook", "WebhookService", "WebhookTools"]
