using Godwit.Interop.Clients;
using Godwit.Interop.Scenarios;
using Godwit.Links.Clients;
using Godwit.Links.Namespaces;

namespace Godwit.Links.Scenarios;

/// <summary>All scenarios again, large payloads too, over a weak radio link.</summary>
public static class Over_a_slow_and_lossy_link
{
    public sealed class Mosquitto_tools_in_3_1_1(SlowLossyLink link, Speaking<MosquittoTools, V311> client)
        : ClientScenarios<Speaking<MosquittoTools, V311>>(link, client), IClassFixture<SlowLossyLink>;

    public sealed class Godwit_tools_in_5_0(SlowLossyLink link, Speaking<GodwitTools, V5> client)
        : ClientScenarios<Speaking<GodwitTools, V5>>(link, client), IClassFixture<SlowLossyLink>;
}
