"""The MQTT side: publishes the events of rooms and receives commands. Knows nothing of protobuf or HTTP."""
