"""Celery is set up as reliability rule R6 demands, for either broker."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

SHOW = """
import json
from cxsurvey.celery import app
names = %r
queues = {queue.name: queue.queue_arguments for queue in app.conf.task_queues}
print(json.dumps({"queues": queues, **{name: app.conf[name] for name in names}}))
"""
R6: dict[str, Any] = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_time_limit": 120,
    "task_soft_time_limit": 90,
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "worker_soft_shutdown_timeout": 30,
    "worker_max_tasks_per_child": 500,
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,
    "task_publish_retry": False,
    "broker_connection_max_retries": None,
    "worker_detect_quorum_queues": True,  # which turns the global QoS off that quorum queues refuse
    "task_eager_propagates": False,
    "task_always_eager": False,
}


def configured(broker: str) -> dict[str, Any]:
    """The application's configuration as a production process with this broker reads it."""
    names = [*R6, "broker_transport_options", "task_default_queue_type", "task_routes"]
    environ = os.environ | {
        "DEBUG": "false",
        "CELERY_BROKER_URL": broker,
        "DJANGO_SETTINGS_MODULE": "cxsurvey.settings",
    }
    environ |= {"SECRET_KEY": "s" * 50, "PUBLIC_BASE_URL": "https://feedback.example.org"}
    program = [sys.executable, "-c", SHOW % names]
    done = subprocess.run(program, env=environ, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "amqp://guest:guest@127.0.0.1:1//"])
def test_celery_any_broker_as_rule_r6_says(broker: str) -> None:
    told = configured(broker)
    assert {name: told[name] for name in R6} == R6
    assert told["task_routes"]["surveys.deliver_due"] == {"queue": "deliver"}


def test_celery_redis_takes_lost_messages_back_soon() -> None:
    options = configured("redis://127.0.0.1:1/0")["broker_transport_options"]
    wanted = {"visibility_timeout": 300, "unacked_restore_interval": 5, "unacked_restore_throttle": 1}
    assert {name: options[name] for name in wanted} == wanted


def test_celery_rabbitmq_quorum_queues_and_confirmed_publishing() -> None:
    told = configured("amqp://guest:guest@127.0.0.1:1//")
    assert told["queues"] == {"celery": {"x-queue-type": "quorum"}, "deliver": {"x-queue-type": "quorum"}}
    assert told["task_default_queue_type"] == "quorum"
    assert told["broker_transport_options"] == {"confirm_publish": True}
