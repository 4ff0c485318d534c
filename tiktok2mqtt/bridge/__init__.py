"""The MQTT side: rooms in, topics out. Knows nothing of protobuf or HTTP."""
