from tiktok2mqtt.simulator.faults import Fault, Faults


def test_faults_are_returned_in_order_and_as_often_as_requested() -> None:
    faults = Faults()
    faults.fail_http("room/info", Fault(429, times=2))
    faults.fail_http("/live", Fault(403))
    faults.fail_http("room/info", Fault(500))
    statuses = [fault.status if fault else None for fault in (faults.http("/webcast/room/info/") for _ in range(4))]
    assert statuses == [429, 429, 500, None]
    assert faults.http("/@alice") is None
    fault = faults.http("/@alice/live")
    assert fault is not None
    assert fault.status == 403


def test_socket_faults_affect_one_room() -> None:
    faults = Faults()
    faults.refuse_socket("alice", Fault(415))
    assert faults.socket("bob") is None
    assert faults.socket("alice") is not None
    assert faults.socket("alice") is None


def test_faults_that_block_a_device() -> None:
    assert Fault(415).blocks_device
    assert Fault(200, {"Handshake-Msg": "DEVICE_BLOCKED"}).blocks_device
    assert not Fault(200, {"Handshake-Msg": "OTHER"}).blocks_device
