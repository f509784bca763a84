using System.Globalization;
using System.Text.Json.Nodes;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Links.Namespaces;

/// <summary>
/// A broker of its own behind a bad link. Where the system does not permit such a link, <see cref="Address"/> skips the test and
/// says why.
/// </summary>
public abstract class NamespaceLink(LinkProfile profile) : IBrokerUnderTest, IAsyncLifetime
{
    /// <summary>Fewer packets say nothing about how many are lost: of so many at 5 % none is lost once in 10^9 runs.</summary>
    private const int PacketsThatTell = 400;

    /// <summary>A CONNECT can be lost again and again, and tools that publish once do not try again.</summary>
    private const string ConnectPatience = "Limits:ConnectTimeoutMs=60000";

    private NamespacePair? _pair;
    private BrokerProcess? _broker;
    private string? _reason;

    /// <summary>Where clients find the broker, and how they get there.</summary>
    public BrokerAddress Address
    {
        get
        {
            Programs.Require("ip", "iproute2");
            _ = profile.BitsPerSecond > 0 ? Programs.Require("tc", "iproute2") : null;
            _ = profile.PercentLost > 0 ? Programs.Require("nft", "nftables") : null;
            Assert.SkipWhen(_reason is not null, $"no bad link can be made here: {_reason}");

            return _broker!.Address with { Via = _pair!.Inside(_pair.ClientSide) };
        }
    }

    /// <summary>What has travelled from the clients to the broker.</summary>
    public LinkFigures ToBroker => Figures(from: _pair!.ClientSide, to: _pair.BrokerSide);

    /// <summary>What has travelled from the broker to the clients.</summary>
    public LinkFigures ToClients => Figures(from: _pair!.BrokerSide, to: _pair.ClientSide);

    public async ValueTask InitializeAsync()
    {
        try
        {
            _pair = new NamespacePair(profile.Mtu);
            Spoil(_pair.BrokerSide);
            Spoil(_pair.ClientSide);
        }
        catch (CommandFailedException exception) when (exception.IsRefusal)
        {
            _reason = exception.Message;
            _pair?.Dispose();
            return;
        }

        _broker = await BrokerProcess.StartAtAsync(
            NamespacePair.BrokerHost, _pair.Inside(_pair.BrokerSide), "--bind", NamespacePair.BrokerHost, "--allow-anonymous", "--set", ConnectPatience);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_broker is null)
        {
            return;
        }

        try
        {
            AssertThatItWasBad("to the broker", ToBroker);
            AssertThatItWasBad("to the clients", ToClients);
            await _broker.DisposeAsync();
        }
        finally
        {
            _pair!.Dispose();
        }
    }

    /// <summary>Drops packets where they arrive, as a network does: a sender that drops its own would know.</summary>
    private void Spoil(string side)
    {
        if (profile.PercentLost > 0)
        {
            var nft = Programs.Find("nft") ?? throw new CommandFailedException("'nft' is not installed (Debian package nftables)", mayBeRefused: true);
            var rules = string.Create(CultureInfo.InvariantCulture, $$"""
                table inet link {
                  counter arrived { }
                  counter lost { }
                  chain arrivals {
                    type filter hook input priority 0; policy accept;
                    iifname != "{{NamespacePair.Device}}" accept
                    counter name arrived
                    numgen random mod 100 < {{profile.PercentLost}} counter name lost drop
                  }
                }

                """);
            SystemCommand.Run([.. _pair!.Inside(side), nft, "-f", "-"], rules, mayBeRefused: true);
        }

        if (profile.BitsPerSecond > 0)
        {
            var tc = Programs.Find("tc") ?? throw new CommandFailedException("'tc' is not installed (Debian package iproute2)", mayBeRefused: true);
            var burst = profile.Mtu + 64;       // one packet with its Ethernet header must fit
            string[] shaper = ["tbf", "rate", $"{profile.BitsPerSecond}bit", "burst", $"{burst}", "limit", "200000"];
            SystemCommand.Run([tc, "-n", side, "qdisc", "add", "dev", NamespacePair.Device, "root", .. shaper], mayBeRefused: true);
        }
    }

    private LinkFigures Figures(string from, string to)
    {
        long arrived = 0, lost = 0, heldBack = 0;
        if (profile.PercentLost > 0)
        {
            var counters = JsonNode.Parse(SystemCommand.Run([.. _pair!.Inside(to), Programs.Find("nft")!, "-j", "list", "counters"]))!;
            arrived = Counter(counters, "arrived");
            lost = Counter(counters, "lost");
        }

        if (profile.BitsPerSecond > 0)
        {
            var queues = JsonNode.Parse(SystemCommand.Run([Programs.Find("tc")!, "-n", from, "-j", "-s", "qdisc", "show", "dev", NamespacePair.Device]))!;
            heldBack = queues.AsArray().Sum(queue => queue!["overlimits"]!.GetValue<long>());
        }

        return new LinkFigures(arrived, lost, heldBack);
    }

    private static long Counter(JsonNode counters, string name) => counters["nftables"]!.AsArray()
        .Select(entry => entry!["counter"])
        .Single(counter => counter?["name"]?.GetValue<string>() == name)!["packets"]!.GetValue<long>();

    private void AssertThatItWasBad(string direction, LinkFigures figures)
    {
        TestContext.Current.SendDiagnosticMessage($"{GetType().Name}, {direction}: {figures}");
        Assert.True(
            profile.PercentLost == 0 || figures.Arrived < PacketsThatTell || figures.Lost > 0,
            $"No packet was lost {direction}: {figures}");
    }
}
