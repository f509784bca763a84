using Godwit.Interop.Clients;
using Godwit.Interop.Echo;
using Godwit.Interop.Scenarios;
using Godwit.Links.Clients;
using Godwit.Links.Relay;

namespace Godwit.Links.Scenarios;

/// <summary>All scenarios again, over a link on which every answer is late; 3.1 differs from 3.1.1 in nothing that a late answer changes.</summary>
public static class Over_a_delayed_link
{
    public sealed class Mosquitto_tools_in_3_1_1(DelayedBroker link, Speaking<MosquittoTools, V311> client)
        : ClientScenarios<Speaking<MosquittoTools, V311>>(link, client);

    public sealed class Mosquitto_tools_in_5_0(DelayedBroker link, Speaking<MosquittoTools, V5> client)
        : ClientScenarios<Speaking<MosquittoTools, V5>>(link, client);

    public sealed class Paho_Python_in_3_1_1(DelayedBroker link, Speaking<PahoPython, V311> client)
        : ClientScenarios<Speaking<PahoPython, V311>>(link, client);

    public sealed class Paho_Python_in_5_0(DelayedBroker link, Speaking<PahoPython, V5> client)
        : ClientScenarios<Speaking<PahoPython, V5>>(link, client);

    public sealed class MQTT_js_in_3_1_1(DelayedBroker link, Speaking<MqttJs, V311> client)
        : ClientScenarios<Speaking<MqttJs, V311>>(link, client);

    public sealed class MQTT_js_in_5_0(DelayedBroker link, Speaking<MqttJs, V5> client)
        : ClientScenarios<Speaking<MqttJs, V5>>(link, client);

    public sealed class Paho_JavaScript_in_3_1_1(DelayedBroker link, Speaking<PahoJs, V311> client)
        : ClientScenarios<Speaking<PahoJs, V311>>(link, client);

    public sealed class Paho_C_in_3_1_1(DelayedBroker link, Speaking<PahoCTools, V311> client)
        : ClientScenarios<Speaking<PahoCTools, V311>>(link, client);

    public sealed class Paho_C_in_5_0(DelayedBroker link, Speaking<PahoCTools, V5> client)
        : ClientScenarios<Speaking<PahoCTools, V5>>(link, client);

    public sealed class Godwit_tools_in_3_1_1(DelayedBroker link, Speaking<GodwitTools, V311> client)
        : ClientScenarios<Speaking<GodwitTools, V311>>(link, client);

    public sealed class Godwit_tools_in_5_0(DelayedBroker link, Speaking<GodwitTools, V5> client)
        : ClientScenarios<Speaking<GodwitTools, V5>>(link, client);

    public sealed class Mosquitto_tools_in_MQTT_5(DelayedBroker link, MosquittoTools client)
        : Mqtt5Scenarios<MosquittoTools>(link, client);

    public sealed class Paho_Python_in_MQTT_5(DelayedBroker link, PahoPython client)
        : LibraryScenarios<PahoPython>(link, client);

    public sealed class MQTT_js_in_MQTT_5(DelayedBroker link, MqttJs client)
        : LibraryScenarios<MqttJs>(link, client);

    public sealed class Paho_Cpp(DelayedBroker link, MosquittoTools client, PahoCppEcho program)
        : EchoScenarios<PahoCppEcho>(link, client, program);

    public sealed class Java(DelayedBroker link, MosquittoTools client, JavaEcho program)
        : EchoScenarios<JavaEcho>(link, client, program);

    public sealed class U8_mqtt(DelayedBroker link, MosquittoTools client, U8Echo program)
        : EchoScenarios<U8Echo>(link, client, program);
}
