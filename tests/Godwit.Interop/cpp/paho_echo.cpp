// A client on Eclipse Paho C++ that publishes each message it gets, at the QoS it was told, on another topic.
//
//   paho_echo HOST PORT VERSION CLIENT-ID CLEAN FILTER TOPIC QOS
//
// VERSION is 3.1, 3.1.1 or 5, CLEAN true or false. Prints "ready" after the SUBACK. Its will, on the same topic, is "gone". Ends
// by SIGKILL, or cleanly after a message "leave".
#include <mqtt/client.h>

#include <iostream>
#include <string>

int main(int argc, char** argv)
{
    if (argc != 9)
        return 2;
    const std::string address = std::string("tcp://") + argv[1] + ":" + argv[2], spoken = argv[3], topic = argv[7];
    const int version = spoken == "5" ? MQTTVERSION_5 : spoken == "3.1" ? MQTTVERSION_3_1 : MQTTVERSION_3_1_1;
    const bool clean = argv[5] == std::string("true");
    const int qos = std::stoi(argv[8]);

    mqtt::client client(address, argv[4], mqtt::create_options(version));
    mqtt::connect_options options;
    options.set_mqtt_version(version);
    options.set_keep_alive_interval(30);
    options.set_will(mqtt::will_options(topic, std::string("gone"), 1, false));
    if (version == MQTTVERSION_5)
    {
        options.set_clean_start(clean);
        options.set_properties({ mqtt::property(mqtt::property::SESSION_EXPIRY_INTERVAL, clean ? 0 : 3600) }); // seconds
    }
    else
        options.set_clean_session(clean);

    client.start_consuming(); // before the first message of a session that is resumed
    client.connect(options);
    client.subscribe(argv[6], 2);
    std::cout << "ready" << std::endl;

    while (true)
    {
        const mqtt::const_message_ptr message = client.consume_message();
        if (!message)
            return 1; // the connection is lost
        if (message->to_string() == "leave")
            break;
        client.publish(mqtt::make_message(topic, message->get_payload_ref(), qos, false));
    }
    client.disconnect();
    return 0;
}
