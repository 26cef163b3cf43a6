"""What the system says of a port, in words."""

import asyncio

import pytest
from smpclient.transport import SMPTransportDisconnected

from host.link.smp_serial import PipelinedSerial


@pytest.mark.parametrize("port", ["/dev/null", "/dev/there-is-none"])
def test_a_port_that_is_none_is_told_in_a_sentence(port: str) -> None:
    with pytest.raises(SMPTransportDisconnected) as caught:
        asyncio.run(PipelinedSerial().connect(port, 0.0))
    assert "(" not in str(caught.value) or "'" not in str(caught.value).split("(", 1)[1]
    assert "Inappropriate ioctl" in str(caught.value) or "No such file" in str(caught.value)
