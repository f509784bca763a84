using Godwit.Testing.Brokers;

namespace Godwit.Interop.Options;

/// <summary>A broker that refuses the CONNECT: its code is the exit code, of mosquitto's tools and of ours.</summary>
public sealed class RefusedConnections(MosquittoFixture mosquitto) : IClassFixture<MosquittoFixture>
{
    private const int NotAuthorizedReturnCode = 5;      // MQTT 3.1.1 §3.2.2.3

    private const int NotAuthorizedReasonCode = 0x87;   // MQTT 5.0 §3.2.2.2

    [Theory, Spec("R11", "R46")]
    [InlineData("mqttv31", NotAuthorizedReturnCode)]
    [InlineData("mqttv311", NotAuthorizedReturnCode)]
    [InlineData("mqttv5", NotAuthorizedReasonCode)]
    public async Task Publisher_ends_with_the_code_of_the_broker(string version, int code)
    {
        var broker = await mosquitto.ClosedAsync();
        string[] line = ["-h", broker.Host, "-p", broker.PortText, "-V", version, "-t", "a", "-m", "hello", "-u", "anna", "-P", "wrong"];

        var theirs = await ToolPair.Publishers.TheirsAsync(line);
        var ours = await ToolPair.Publishers.OursAsync(line);

        Assert.Equal(code, theirs.ExitCode);
        ToolPair.AssertSame(theirs, ours, isDebug: false);
    }

    [Theory, Spec("R11", "R46")]
    [InlineData("mqttv31", NotAuthorizedReturnCode)]
    [InlineData("mqttv311", NotAuthorizedReturnCode)]
    [InlineData("mqttv5", NotAuthorizedReasonCode)]
    public async Task Subscriber_ends_with_the_code_of_the_broker(string version, int code)
    {
        var broker = await mosquitto.ClosedAsync();
        string[] line = ["-h", broker.Host, "-p", broker.PortText, "-V", version, "-t", "a"];

        var theirs = await ToolPair.Subscribers.TheirsAsync(line);
        var ours = await ToolPair.Subscribers.OursAsync(line);

        Assert.Equal(code, theirs.ExitCode);
        ToolPair.AssertSame(theirs, ours, isDebug: false);
    }
}
