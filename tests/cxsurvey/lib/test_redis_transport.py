"""An acknowledgement over a connection that is gone is told as a lost connection, which Celery survives."""

from typing import Any

import pytest
from celery import current_app

from cxsurvey.lib.redis_transport import Channel, Transport


def test_redis_is_reached_by_our_transport() -> None:
    with current_app.connection_for_write() as link:
        assert type(link.transport) is Transport
        assert type(link.channel()) is Channel


@pytest.mark.parametrize("verb", ["acknowledge", "give back", "restore"])
def test_channel_whose_connection_is_gone_says_so(verb: str) -> None:
    link = current_app.connection_for_write()
    channel: Any = link.channel()
    errors = link.connection_errors
    link.collect()  # closes the channel
    verbs = {
        "acknowledge": lambda: channel.basic_ack("tag"),
        "give back": lambda: channel.basic_reject("tag", requeue=False),
        "restore": lambda: channel.qos.restore_by_tag("tag"),
    }
    with pytest.raises(errors, match="lost meanwhile"):
        verbs[verb]()
