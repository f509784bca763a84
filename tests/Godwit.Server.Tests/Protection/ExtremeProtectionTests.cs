using System.Text.RegularExpressions;
using Godwit.Protocol;
using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Listen;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Protection;

/// <summary>Every number of the section Protection at its smallest, one, and its largest value, in a broker that is used: nothing breaks.</summary>
public sealed partial class ExtremeProtectionTests
{
    public static TheoryData<string, string> Extremes
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var key in ConfigurationKeys.All.Where(key => key.Section is "Protection"))
            {
                if (Range().Match(key.Type.Values) is { Success: true } range)
                {
                    foreach (var value in new SortedSet<string>(StringComparer.Ordinal) { range.Groups[1].Value, "1", range.Groups[2].Value })
                    {
                        rows.Add(key.Path, value);
                    }
                }
            }

            return rows;
        }
    }

    [Fact, Spec("Hostile-55")]
    public void There_are_extremes_to_try() => Assert.True(Extremes.Count > 30);

    [Theory, MemberData(nameof(Extremes)), Spec("Hostile-55")]
    public async Task A_number_at_its_extremes_breaks_nothing(string key, string value)
    {
        var loaded = ConfigurationLoader.Load([new CommandLineSource([$"{key}={value}", "Store:Durability=memory", "Listeners:0:Port=0"], [])]);
        Assert.Equal("", loaded.Errors);
        using var loggers = new LogKeeper();
        await using var server = new TestServer(await GodwitServer.StartAsync(loaded.Options, loggers));

        for (var round = 0; round < 2; round++)
        {
            foreach (var version in (ProtocolVersion[])[ProtocolVersion.Mqtt5, ProtocolVersion.Mqtt311])
            {
                await UseAsync(server, version, isSlow: value is "1" && key.EndsWith("ReceivedBytesPerSecond", StringComparison.Ordinal));
            }
        }

        Assert.DoesNotContain(loggers.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal));
    }

    /// <summary>Refused, or served: there is always an answer to CONNECT, and then to a retained message, unless that would take a minute.</summary>
    private static async Task UseAsync(TestServer server, ProtocolVersion version, bool isSlow)
    {
        using var client = await RawClient.OpenAsync(server.EndPoint, version);
        await client.SendAsync(Bytes.Connect("client", version));
        if ((await client.ReceiveAsync()).ConnackCode != 0)
        {
            await client.ReceiveEndAsync();
            return;
        }

        if (isSlow)
        {
            return;
        }

        var retained = Bytes.Publish("t", "m"u8, QoS.AtLeastOnce, 1, version);
        retained[0] |= 0x01;
        await client.SendAsync(retained);
        Assert.Equal(PacketType.Puback, (await client.ReceiveAsync()).Type);
        await client.SendAsync(Bytes.Subscribe("t", version: version));
        Assert.Equal(PacketType.Suback, (await client.ReceiveAsync()).Type);
    }

    [GeneratedRegex("from ([0-9]+) to ([0-9]+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Range();
}
