using System.Globalization;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Running;

/// <summary>What a check has in hand: the broker, and names that no other check uses. Clients may be opened from several tasks at once.</summary>
public sealed class Probe : IAsyncDisposable
{
    /// <summary>What a check expects first.</summary>
    internal const string AConnection = "a connection";

    private readonly Endpoint _endpoint;
    private readonly TimeSpan _patience;
    private readonly CancellationToken _cancellation;
    private readonly string _prefix;
    private readonly List<WireClient> _clients = [];
    private readonly HashSet<string> _retained = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sessions = new(StringComparer.Ordinal);
    private readonly List<string> _observations = [];
    private readonly Lock _lock = new();
    private int _lastClient;
    private int _lastClientId;

    internal Probe(Endpoint endpoint, ProtocolVersion version, string prefix, TimeSpan patience, CancellationToken cancellation)
    {
        _endpoint = endpoint;
        _prefix = prefix;
        _patience = patience;
        _cancellation = cancellation;
        Version = version;
    }

    /// <summary>The version that the check runs in.</summary>
    public ProtocolVersion Version { get; }

    /// <summary>The check runs in 5.0.</summary>
    public bool IsVersion5 => Version == ProtocolVersion.Mqtt5;

    /// <summary>Everything that was sent and received.</summary>
    public Transcript Transcript { get; } = new();

    /// <summary>What the broker chose where the specification leaves a choice.</summary>
    public IReadOnlyList<string> Observations
    {
        get
        {
            lock (_lock)
            {
                return [.. _observations];
            }
        }
    }

    /// <summary>Ends when the check has used up its time.</summary>
    public CancellationToken Cancellation => _cancellation;

    /// <summary>A ClientId of this check, at most 23 letters and digits, the same for the same name.</summary>
    /// <param name="name">At most 8 letters and digits.</param>
    public string ClientId(string name) => _prefix + name;

    /// <summary>A topic, or a filter, below a first level that only this check uses.</summary>
    public string Topic(string rest) => $"{_prefix}/{rest}";

    /// <summary>The first level that only this check uses, e.g. for the name of a group.</summary>
    public string Prefix => _prefix;

    /// <summary>Notes which of the allowed behaviours the broker showed.</summary>
    public void Saw(string observation)
    {
        lock (_lock)
        {
            if (!_observations.Contains(observation, StringComparer.Ordinal))
            {
                _observations.Add(observation);
            }
        }
    }

    /// <summary>Fails the check unless the condition holds.</summary>
    public static void Ensure(bool condition, string expected, string came)
    {
        if (!condition)
        {
            throw new CheckFailedException(expected, came);
        }
    }

    /// <summary>Fails the check unless the packet is as expected; null stands for the end of the connection.</summary>
    public static void Ensure(bool condition, string expected, Received? came) => Ensure(condition, expected, came?.ToString() ?? "the end of the connection");

    /// <summary>Fails the check unless the packets are as expected.</summary>
    public static void Ensure(bool condition, string expected, IReadOnlyList<Received> came) =>
        Ensure(condition, expected, came.Count == 0 ? "none" : string.Join(", ", came));

    /// <summary>Leaves the check out, because the statement does not apply to this broker.</summary>
    public static void SkipUnless(bool condition, string reason)
    {
        if (!condition)
        {
            throw new CheckSkippedException(reason);
        }
    }

    /// <summary>Waits; only for what the specification measures in seconds.</summary>
    public Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), _cancellation);

    /// <summary>Opens a connection and sends nothing.</summary>
    public async Task<WireClient> OpenAsync(ProtocolVersion? version = null, string? name = null)
    {
        Stream stream;
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
            deadline.CancelAfter(_patience);
            stream = await _endpoint.Open(deadline.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !_cancellation.IsCancellationRequested)
        {
            throw new CheckFailedException(AConnection, exception is OperationCanceledException ? "no answer" : exception.Message);
        }

        var number = Interlocked.Increment(ref _lastClient);
        var client = new WireClient(
            name ?? string.Create(CultureInfo.InvariantCulture, $"client {number}"), version ?? Version, stream, Transcript, _patience, _cancellation)
        {
            OnRetain = topic => Remember(_retained, topic),
        };
        lock (_lock)
        {
            _clients.Add(client);
        }

        return client;
    }

    /// <summary>Opens a connection and sends CONNECT; what comes back is left to the check.</summary>
    public async Task<WireClient> OpenAndSendConnectAsync(ConnectOptions options)
    {
        options = Complete(options);
        var client = await OpenAsync(options.Version);
        client.ClientId = options.ClientId!;
        await client.SendAsync(Packets.Connect(options));
        return client;
    }

    /// <summary>Connects; fails when the broker refuses.</summary>
    public async Task<WireClient> ConnectAsync(ConnectOptions? options = null)
    {
        var client = await OpenAndSendConnectAsync(options ?? new ConnectOptions());
        var connack = await client.ReceiveAsync(PacketType.Connack);
        Ensure(connack.ReasonCode == 0, "CONNACK that accepts the client", connack);
        client.Connack = connack;
        return client;
    }

    /// <summary>Connects with a ClientId of this check; else as <see cref="ConnectAsync(ConnectOptions?)"/>.</summary>
    public Task<WireClient> ConnectAsync(string clientName) => ConnectAsync(new ConnectOptions { ClientId = ClientId(clientName) });

    /// <summary>Connects and subscribes.</summary>
    public async Task<WireClient> ConnectSubscriberAsync(string filter, int qos = 0)
    {
        var client = await ConnectAsync();
        await client.SubscribeAsync(filter, qos);
        return client;
    }

    /// <summary>What a CONNECT with these options says after the defaults are filled in.</summary>
    public ConnectOptions Complete(ConnectOptions options)
    {
        var clientId = options.ClientId ?? string.Create(CultureInfo.InvariantCulture, $"{_prefix}x{Interlocked.Increment(ref _lastClientId)}");
        if (options.Will is { Retain: true } will)
        {
            Remember(_retained, will.Topic);
        }

        if (!options.CleanStart || options.SessionExpirySeconds > 0)
        {
            Remember(_sessions, clientId);
        }

        return options with
        {
            Version = options.Version ?? Version,
            ClientId = clientId,
            UserName = options.UserName ?? _endpoint.UserName,
            Password = options.Password ?? _endpoint.Password,
        };
    }

    /// <summary>Closes the connections and removes what the check left on the broker, as far as that is possible.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        try
        {
            await RemoveRetainedAsync();
            foreach (var clientId in _sessions.Where(clientId => clientId.Length > 0))
            {
                await (await ConnectAsync(new ConnectOptions { ClientId = clientId, Version = ProtocolVersion.Mqtt311 })).DisconnectAsync();
            }
        }
        catch (Exception exception) when (exception is CheckFailedException or OperationCanceledException or IOException)
        {
            // The verdict stands; a broker that refuses to be tidied keeps a few sessions.
        }
    }

    private void Remember(HashSet<string> names, string name)
    {
        lock (_lock)
        {
            names.Add(name);
        }
    }

    private async Task RemoveRetainedAsync()
    {
        if (_retained.Count == 0)
        {
            return;
        }

        await using var client = await ConnectAsync(new ConnectOptions { Version = ProtocolVersion.Mqtt311 });
        foreach (var topic in _retained.ToList())
        {
            await client.PublishAsync(topic, "", qos: 1, retain: true);
        }

        await client.DisconnectAsync();
    }
}
