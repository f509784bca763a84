using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;
using Godwit.Links.Clients;
using Godwit.Links.Namespaces;

namespace Godwit.Links.Scenarios;

/// <summary>The everyday scenarios again, over a link of 9.6 kbit/s for each client; the large payloads would take minutes.</summary>
public static class Over_a_slow_link
{
    public sealed class Mosquitto_tools_in_3_1_1(SlowLink link, Speaking<MosquittoTools, V311> client)
        : EverydayScenarios<Speaking<MosquittoTools, V311>>(link, client), IClassFixture<SlowLink>;

    public sealed class Mosquitto_tools_in_5_0(SlowLink link, Speaking<MosquittoTools, V5> client)
        : EverydayScenarios<Speaking<MosquittoTools, V5>>(link, client), IClassFixture<SlowLink>;

    public sealed class Paho_Python_in_3_1_1(SlowLink link, Speaking<PahoPython, V311> client)
        : EverydayScenarios<Speaking<PahoPython, V311>>(link, client), IClassFixture<SlowLink>;

    public sealed class Paho_Python_in_5_0(SlowLink link, Speaking<PahoPython, V5> client)
        : EverydayScenarios<Speaking<PahoPython, V5>>(link, client), IClassFixture<SlowLink>;

    public sealed class MQTT_js_in_3_1_1(SlowLink link, Speaking<MqttJs, V311> client)
        : EverydayScenarios<Speaking<MqttJs, V311>>(link, client), IClassFixture<SlowLink>;

    public sealed class MQTT_js_in_5_0(SlowLink link, Speaking<MqttJs, V5> client)
        : EverydayScenarios<Speaking<MqttJs, V5>>(link, client), IClassFixture<SlowLink>;

    public sealed class Paho_JavaScript_in_3_1_1(SlowLink link, Speaking<PahoJs, V311> client)
        : EverydayScenarios<Speaking<PahoJs, V311>>(link, client), IClassFixture<SlowLink>;

    public sealed class Paho_C_in_3_1_1(SlowLink link, Speaking<PahoCTools, V311> client)
        : EverydayScenarios<Speaking<PahoCTools, V311>>(link, client), IClassFixture<SlowLink>;

    public sealed class Paho_C_in_5_0(SlowLink link, Speaking<PahoCTools, V5> client)
        : EverydayScenarios<Speaking<PahoCTools, V5>>(link, client), IClassFixture<SlowLink>;

    public sealed class Godwit_tools_in_3_1_1(SlowLink link, Speaking<GodwitTools, V311> client)
        : EverydayScenarios<Speaking<GodwitTools, V311>>(link, client), IClassFixture<SlowLink>;

    public sealed class Godwit_tools_in_5_0(SlowLink link, Speaking<GodwitTools, V5> client)
        : EverydayScenarios<Speaking<GodwitTools, V5>>(link, client), IClassFixture<SlowLink>;
}
