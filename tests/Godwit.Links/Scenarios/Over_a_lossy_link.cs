using Godwit.Interop.Clients;
using Godwit.Interop.Echo;
using Godwit.Interop.Scenarios;
using Godwit.Links.Namespaces;

namespace Godwit.Links.Scenarios;

/// <summary>All scenarios again, over a link that loses five packets of a hundred.</summary>
public static class Over_a_lossy_link
{
    public sealed class Mosquitto_tools(LossyLink link, MosquittoTools client)
        : ClientScenarios<MosquittoTools>(link, client);

    public sealed class Paho_Python(LossyLink link, PahoPython client)
        : ClientScenarios<PahoPython>(link, client);

    public sealed class MQTT_js(LossyLink link, MqttJs client)
        : ClientScenarios<MqttJs>(link, client);

    public sealed class Paho_JavaScript(LossyLink link, PahoJs client)
        : ClientScenarios<PahoJs>(link, client);

    public sealed class Paho_C(LossyLink link, PahoCTools client)
        : ClientScenarios<PahoCTools>(link, client);

    public sealed class Godwit_tools(LossyLink link, GodwitTools client)
        : ClientScenarios<GodwitTools>(link, client);

    public sealed class Mosquitto_tools_in_MQTT_5(LossyLink link, MosquittoTools client)
        : Mqtt5Scenarios<MosquittoTools>(link, client);

    public sealed class Paho_Python_in_MQTT_5(LossyLink link, PahoPython client)
        : LibraryScenarios<PahoPython>(link, client);

    public sealed class MQTT_js_in_MQTT_5(LossyLink link, MqttJs client)
        : LibraryScenarios<MqttJs>(link, client);

    public sealed class Paho_Cpp(LossyLink link, MosquittoTools client, PahoCppEcho program)
        : EchoScenarios<PahoCppEcho>(link, client, program);

    public sealed class Java(LossyLink link, MosquittoTools client, JavaEcho program)
        : EchoScenarios<JavaEcho>(link, client, program);

    public sealed class U8_mqtt(LossyLink link, MosquittoTools client, U8Echo program)
        : EchoScenarios<U8Echo>(link, client, program);
}
