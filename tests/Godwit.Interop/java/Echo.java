import java.util.concurrent.TimeUnit;
import org.fusesource.mqtt.client.BlockingConnection;
import org.fusesource.mqtt.client.MQTT;
import org.fusesource.mqtt.client.Message;
import org.fusesource.mqtt.client.QoS;
import org.fusesource.mqtt.client.Topic;

/**
 * A client on FuseSource's mqtt-client (Java) that publishes each message it gets, at the QoS it was told, on another topic.
 *
 * <p>Arguments: host, port, version (3.1 or 3.1.1), client id, clean (true or false), filter, topic, QoS. Prints "ready" after
 * the SUBACK. Its will, on the same topic, is "gone". Ends by SIGKILL, or cleanly after a message "leave".
 */
public final class Echo {
    public static void main(String[] arguments) throws Exception {
        MQTT mqtt = new MQTT();
        mqtt.setHost(arguments[0], Integer.parseInt(arguments[1]));
        mqtt.setVersion(arguments[2]);
        mqtt.setClientId(arguments[3]);
        mqtt.setCleanSession(Boolean.parseBoolean(arguments[4]));
        mqtt.setConnectAttemptsMax(1);
        mqtt.setReconnectAttemptsMax(0);
        mqtt.setWillTopic(arguments[6]);
        mqtt.setWillMessage("gone");
        mqtt.setWillQos(QoS.AT_LEAST_ONCE);
        QoS qos = QoS.values()[Integer.parseInt(arguments[7])];

        BlockingConnection connection = mqtt.blockingConnection();
        connection.connect();
        connection.subscribe(new Topic[] {new Topic(arguments[5], QoS.EXACTLY_ONCE)});
        System.out.println("ready");

        while (true) {
            Message message = connection.receive(60, TimeUnit.SECONDS);
            if (message == null) {
                System.exit(1);
            }
            byte[] payload = message.getPayload();
            message.ack();
            if (new String(payload, "UTF-8").equals("leave")) {
                connection.disconnect();
                System.exit(0);
            }
            connection.publish(arguments[6], payload, qos, false);
        }
    }
}
