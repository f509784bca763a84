using Godwit.Testing.Brokers;

namespace Godwit.Links.Relay;

/// <summary>A broker that answers 0.4 seconds late; one connection of eight stands still for a second as well, at some byte.</summary>
public class DelayedBroker : IBrokerUnderTest, IAsyncLifetime
{
    private const int Seed = 20_260_214;

    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(200);

    private readonly string[] _arguments;
    private IAsyncDisposable? _broker;
    private BadLinkRelay? _relay;

    public DelayedBroker()
        : this([])
    {
    }

    private protected DelayedBroker(string[] arguments) => _arguments = arguments;

    /// <inheritdoc/>
    public BrokerAddress Address => _relay!.Address;

    public async ValueTask InitializeAsync()
    {
        if (_arguments.Length == 0)
        {
            var broker = new BrokerUnderTest();
            await broker.InitializeAsync();
            (_broker, _relay) = (broker, new BadLinkRelay(broker.Address, Faults));
        }
        else
        {
            var broker = await BrokerProcess.StartAsync(_arguments);
            (_broker, _relay) = (broker, new BadLinkRelay(broker.Address, Faults));
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _relay!.DisposeAsync();
        await _broker!.DisposeAsync();
    }

    private static LinkFaults Faults(int connection)
    {
        var random = new Random(Seed + connection);
        var direction = (LinkDirection)random.Next(2);
        var stall = new LinkFault(LinkFaultKind.Stall, direction, random.Next(1, 100)) { Duration = TimeSpan.FromSeconds(1) };

        return new LinkFaults { Delay = OneWay, Fault = random.Next(8) == 0 ? stall : null };
    }
}
