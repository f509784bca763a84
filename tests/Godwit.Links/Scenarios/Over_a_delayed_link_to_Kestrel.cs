using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;
using Godwit.Links.Clients;
using Godwit.Links.Relay;

namespace Godwit.Links.Scenarios;

/// <summary>The everyday scenarios again, over a link on which every answer is late, with the other transport: each client in one version.</summary>
public static class Over_a_delayed_link_to_Kestrel
{
    public sealed class Mosquitto_tools_in_5_0(DelayedKestrelBroker link, Speaking<MosquittoTools, V5> client)
        : EverydayScenarios<Speaking<MosquittoTools, V5>>(link, client);

    public sealed class Paho_Python_in_3_1_1(DelayedKestrelBroker link, Speaking<PahoPython, V311> client)
        : EverydayScenarios<Speaking<PahoPython, V311>>(link, client);

    public sealed class MQTT_js_in_5_0(DelayedKestrelBroker link, Speaking<MqttJs, V5> client)
        : EverydayScenarios<Speaking<MqttJs, V5>>(link, client);

    public sealed class Paho_JavaScript_in_3_1_1(DelayedKestrelBroker link, Speaking<PahoJs, V311> client)
        : EverydayScenarios<Speaking<PahoJs, V311>>(link, client);

    public sealed class Paho_C_in_3_1(DelayedKestrelBroker link, Speaking<PahoCTools, V31> client)
        : EverydayScenarios<Speaking<PahoCTools, V31>>(link, client);

    public sealed class Godwit_tools_in_5_0(DelayedKestrelBroker link, Speaking<GodwitTools, V5> client)
        : EverydayScenarios<Speaking<GodwitTools, V5>>(link, client);
}
