using System.Text.Json.Nodes;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>One connection inside a script; it has a process of its own when a test may kill it.</summary>
public sealed class AgentConnection : IConnection
{
    private readonly MessageQueue _messages = new();
    private readonly TaskCompletionSource<int?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AgentHost _host;
    private readonly bool _ownsHost;
    private readonly string _name = Unique.Name("connection");
    private bool _ended;

    /// <summary>A connection that is not open yet.</summary>
    /// <param name="host">The script.</param>
    /// <param name="ownsHost">True when the process ends with this connection.</param>
    public AgentConnection(AgentHost host, bool ownsHost)
    {
        _host = host;
        _ownsHost = ownsHost;
        host.Listen(_name, OnEvent);
    }

    /// <inheritdoc/>
    public bool SessionPresent { get; private set; }

    /// <inheritdoc/>
    public string? AssignedClientId { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<int> SubackCodes { get; private set; } = [];

    /// <inheritdoc/>
    public int? CloseReason => _closed.Task is { IsCompletedSuccessfully: true } closed ? closed.Result : null;

    /// <summary>Connects and subscribes.</summary>
    public async Task OpenAsync(BrokerAddress broker, SubscribeRequest request)
    {
        var connected = await _host.CallAsync(_name, "connect", AgentMessages.Connect(broker, request));
        SessionPresent = connected["sessionPresent"]?.GetValue<bool>() ?? false;
        AssignedClientId = connected["assignedClientId"]?.GetValue<string>();
        if (request.Filters.Count > 0)
        {
            var subscribed = await _host.CallAsync(_name, "subscribe", AgentMessages.Subscribe(request));
            SubackCodes = AgentMessages.Codes(subscribed);
        }
    }

    /// <inheritdoc/>
    public Task<ReceivedMessage> NextAsync() => _messages.NextAsync(_host.Transcript);

    /// <inheritdoc/>
    public async Task ClosedByBrokerAsync()
    {
        try
        {
            await _closed.Task.WaitAsync(Deadlines.Answer, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The connection stays open: {_host.Transcript()}");
        }
    }

    /// <inheritdoc/>
    public Task PublishAsync(PublishRequest request) => _host.CallAsync(_name, "publish", AgentMessages.Publish(request));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<int>> UnsubscribeAsync(string filter) =>
        AgentMessages.Codes(await _host.CallAsync(_name, "unsubscribe", new JsonObject { ["filter"] = filter }));

    /// <inheritdoc/>
    public Task LeaveAsync() => DisconnectAsync(0);

    /// <inheritdoc/>
    public Task LeaveWithWillAsync() => DisconnectAsync(4);

    /// <inheritdoc/>
    public Task KillAsync()
    {
        Assert.True(_ownsHost, "Other connections share the process: ask for one of its own");
        _ended = true;

        return _host.KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_ownsHost)
        {
            await _host.DisposeAsync();
        }
        else if (!_ended && !_closed.Task.IsCompleted)
        {
            await LeaveAsync();
        }
    }

    private Task<JsonObject> DisconnectAsync(int reason)
    {
        _ended = true;

        return _host.CallAsync(_name, "disconnect", new JsonObject { ["reason"] = reason });
    }

    private void OnEvent(JsonObject json)
    {
        if (json["event"]?.GetValue<string>() is "message")
        {
            _messages.Add(AgentMessages.Message(json));
        }
        else
        {
            _closed.TrySetResult(json["reason"]?.GetValue<int>());
        }
    }
}
