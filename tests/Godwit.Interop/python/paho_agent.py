"""Drives Eclipse Paho for Python: one JSON request per line on standard input, one JSON answer or event per line on
standard output. The fields are those of AgentMessages.cs. Ends with its standard input."""

import base64
import json
import sys
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

VERSIONS = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311, "5": mqtt.MQTTv5}
MESSAGE_PROPERTIES = {
    "contentType": "ContentType",
    "responseTopic": "ResponseTopic",
    "messageExpiry": "MessageExpiryInterval",
    "payloadFormat": "PayloadFormatIndicator",
    "topicAlias": "TopicAlias",
}

output_lock = threading.Lock()
agents = {}


def say(**fields):
    with output_lock:
        sys.stdout.write(json.dumps({name: value for name, value in fields.items() if value is not None}) + "\n")
        sys.stdout.flush()


def code(reason):
    """A reason code as a number: Paho gives an object in 5.0 and a number before."""
    return getattr(reason, "value", reason)


class Agent:
    """One connection; requests wait in `pending` for the broker's answer, answers in `early` for their packet id to be known."""

    def __init__(self, name, request):
        self.name = name
        self.is_v5 = request["version"] == "5"
        self.pending = {}
        self.early = {}
        self.lock = threading.Lock()
        self.connect_id = request["id"]
        self.is_leaving = None
        options = {} if self.is_v5 else {"clean_session": request["cleanStart"]}
        self.client = mqtt.Client(request["clientId"], protocol=VERSIONS[request["version"]], **options)
        self.client.on_connect = self.on_connect
        self.client.on_disconnect = self.on_disconnect
        self.client.on_message = self.on_message
        self.client.on_publish = self.on_publish
        self.client.on_subscribe = self.on_subscribe
        self.client.on_unsubscribe = self.on_unsubscribe

    def connect(self, request):
        if "will" in request:
            self.set_will(request["will"])
        if self.is_v5:
            properties = Properties(PacketTypes.CONNECT)
            for field, name in (
                ("sessionExpiry", "SessionExpiryInterval"),
                ("receiveMaximum", "ReceiveMaximum"),
                ("topicAliasMaximum", "TopicAliasMaximum"),
            ):
                if field in request:
                    setattr(properties, name, request[field])
            self.client.connect(request["host"], request["port"], 30, clean_start=request["cleanStart"], properties=properties)
        else:
            self.client.connect(request["host"], request["port"], 30)
        self.client.loop_start()

    def set_will(self, will):
        properties = None
        if self.is_v5:
            properties = Properties(PacketTypes.WILLMESSAGE)
            properties.WillDelayInterval = will["delay"]
        self.client.will_set(will["topic"], base64.b64decode(will["payload"]), will["qos"], will["retain"], properties)

    def subscribe(self, request):
        properties = None
        if self.is_v5:
            properties = Properties(PacketTypes.SUBSCRIBE)
            if "identifier" in request:
                properties.SubscriptionIdentifier = request["identifier"]
            options = SubscribeOptions(
                request["qos"], request["noLocal"], request["retainAsPublished"], request["retainHandling"])
        else:
            options = request["qos"]
        self.await_answer(request, lambda: self.client.subscribe([(f, options) for f in request["filters"]], properties=properties))

    def unsubscribe(self, request):
        self.await_answer(request, lambda: self.client.unsubscribe(request["filter"]))

    def publish(self, request):
        properties = None
        if self.is_v5:
            properties = Properties(PacketTypes.PUBLISH)
            for field, name in MESSAGE_PROPERTIES.items():
                if field in request:
                    setattr(properties, name, request[field])
            if "correlationData" in request:
                properties.CorrelationData = request["correlationData"].encode()
            if request["userProperties"]:
                properties.UserProperty = [tuple(pair) for pair in request["userProperties"]]

        def send():
            sent = self.client.publish(
                request["topic"], base64.b64decode(request["payload"]), request["qos"], request["retain"], properties)
            return sent.rc, sent.mid

        self.await_answer(request, send)

    def disconnect(self, request):
        self.is_leaving = request["id"]
        if self.is_v5 and request["reason"] != 0:
            self.client.disconnect(reasoncode=mqtt.ReasonCodes(PacketTypes.DISCONNECT, identifier=request["reason"]))
        else:
            self.client.disconnect()

    def await_answer(self, request, send):
        """Sends, and gives the answer now or when it comes: Paho's own thread may be faster than this one."""
        rc, mid = send()
        if rc != mqtt.MQTT_ERR_SUCCESS:
            say(id=request["id"], error=mqtt.error_string(rc))
            return
        with self.lock:
            fields = self.early.pop(mid, None)
            if fields is None:
                self.pending[mid] = request["id"]
                return
        say(id=request["id"], **fields)

    def answer(self, mid, **fields):
        with self.lock:
            request_id = self.pending.pop(mid, None)
            if request_id is None:
                self.early[mid] = fields
                return
        say(id=request_id, **fields)

    def on_connect(self, _client, _userdata, flags, reason, properties=None):
        if code(reason) != 0:
            say(id=self.connect_id, error="refused: %s" % reason)
            return
        assigned = getattr(properties, "AssignedClientIdentifier", None)
        say(id=self.connect_id, sessionPresent=bool(flags["session present"]), assignedClientId=assigned)

    def on_disconnect(self, _client, _userdata, reason, _properties=None):
        if self.is_leaving is not None:
            say(id=self.is_leaving)
            return
        # Paho would connect again after the broker closed the connection; a test wants to see it closed.
        self.client.disconnect()
        # Without a DISCONNECT from the broker Paho reports its own error number, 1 to 16, and no reason code.
        say(event="closed", client=self.name, reason=code(reason) if code(reason) >= 0x80 else None)

    def on_message(self, _client, _userdata, message):
        properties = getattr(message, "properties", None)
        fields = {field: getattr(properties, name, None) for field, name in MESSAGE_PROPERTIES.items()}
        correlation = getattr(properties, "CorrelationData", None)
        say(
            event="message", client=self.name, topic=message.topic, payload=base64.b64encode(message.payload).decode(),
            qos=message.qos, retain=bool(message.retain),
            userProperties=getattr(properties, "UserProperty", None),
            identifiers=getattr(properties, "SubscriptionIdentifier", None),
            correlationData=None if correlation is None else correlation.decode(),
            **fields)

    def on_publish(self, _client, _userdata, mid):
        self.answer(mid)

    def on_subscribe(self, _client, _userdata, mid, codes, _properties=None):
        self.answer(mid, codes=[code(reason) for reason in codes])

    def on_unsubscribe(self, _client, _userdata, mid, _properties=None, codes=None):
        codes = [] if codes is None else codes if isinstance(codes, list) else [codes]
        self.answer(mid, codes=[code(reason) for reason in codes])


def main():
    say(event="ready")
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["op"] == "connect":
                agents[request["client"]] = Agent(request["client"], request)
            getattr(agents[request["client"]], request["op"])(request)
        except Exception as error:  # every failure is an answer: the test decides what it means
            say(id=request["id"], error=repr(error))


main()
