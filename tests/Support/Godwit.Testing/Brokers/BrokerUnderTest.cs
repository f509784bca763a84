namespace Godwit.Testing.Brokers;

/// <summary>
/// The one broker that all clients of a test run use at the same time: <c>godwit serve</c>, or Debian's mosquitto when the
/// environment variable <c>GODWIT_INTEROP_BROKER</c> is <c>mosquitto</c>, which tells errors of a test from errors of the broker.
/// <c>GODWIT_INTEROP_SERVE</c> holds further arguments of <c>godwit serve</c>, separated by spaces.
/// </summary>
public sealed class BrokerUnderTest : IBrokerUnderTest, IAsyncLifetime
{
    private IAsyncDisposable? _process;
    private BrokerAddress? _address;

    /// <summary>True when the tests check themselves against Debian's mosquitto.</summary>
    public static bool IsMosquitto { get; } =
        string.Equals(Environment.GetEnvironmentVariable("GODWIT_INTEROP_BROKER"), "mosquitto", StringComparison.Ordinal);

    /// <inheritdoc/>
    public BrokerAddress Address => _address ?? throw new InvalidOperationException("the broker is not started yet");

    public async ValueTask InitializeAsync()
    {
        if (IsMosquitto)
        {
            var mosquitto = await MosquittoProcess.StartAsync();
            (_process, _address) = (mosquitto, mosquitto.Address);
            return;
        }

        var arguments = Environment.GetEnvironmentVariable("GODWIT_INTEROP_SERVE") ?? "";
        var godwit = await BrokerProcess.StartAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        (_process, _address) = (godwit, godwit.Address);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
