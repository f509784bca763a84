using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Clients;

/// <summary>
/// A script that drives a client library: one JSON object per line in each direction. A request has <c>id</c>, <c>op</c> and
/// <c>client</c> (the name of a connection inside the script); its answer repeats <c>id</c> and has <c>error</c> when it failed.
/// Lines with <c>event</c> (<c>message</c>, <c>closed</c>) come at any time. Payloads are in base64.
/// </summary>
public sealed class AgentHost : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _requests = new();
    private readonly ConcurrentDictionary<string, Action<JsonObject>> _clients = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ProgramRun _run;
    private int _lastId;

    private AgentHost(IReadOnlyList<string> via, string program, IEnumerable<string> arguments)
    {
        _run = ProgramRun.Start(program, arguments, new RunOptions { Via = via, OnLine = Read });
    }

    /// <summary>Starts a script and waits for its first line, <c>{"event":"ready"}</c>.</summary>
    /// <param name="via">The way to the broker; see <see cref="BrokerAddress.Via"/>.</param>
    /// <param name="program">The runtime.</param>
    /// <param name="arguments">The script.</param>
    public static async Task<AgentHost> StartAsync(IReadOnlyList<string> via, string program, IEnumerable<string> arguments)
    {
        var host = new AgentHost(via, program, arguments);
        try
        {
            await host._run.LineAsync(line => line.Contains("\"ready\"", StringComparison.Ordinal), "ready line", patience: Deadlines.StartUp);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Names the receiver of the events of one connection.</summary>
    public void Listen(string client, Action<JsonObject> onEvent) => _clients[client] = onEvent;

    /// <summary>Sends a request and waits for its answer; fails when the script answers with an error.</summary>
    public async Task<JsonObject> CallAsync(string client, string operation, JsonObject request)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = _requests[id] = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        request["id"] = id;
        request["op"] = operation;
        request["client"] = client;

        await _writing.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            await _run.WriteLineAsync(request.ToJsonString());
        }
        finally
        {
            _writing.Release();
        }

        try
        {
            var result = await answer.Task.WaitAsync(Deadlines.Answer, TestContext.Current.CancellationToken);
            Assert.True(result["error"] is null, $"{operation}: {result["error"]}");

            return result;
        }
        catch (TimeoutException)
        {
            Assert.Fail($"No answer to {operation} from {Transcript()}");
            throw;
        }
        finally
        {
            _requests.TryRemove(id, out _);
        }
    }

    /// <summary>Everything the script printed lately.</summary>
    public string Transcript() => _run.Transcript();

    /// <summary>Ends the process by SIGKILL, with all its connections.</summary>
    public Task KillAsync() => _run.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        _writing.Dispose();
    }

    private void Read(string line)
    {
        if (!line.StartsWith('{') || JsonNode.Parse(line) is not JsonObject json)
        {
            return;
        }

        if (json["id"] is { } id && _requests.TryGetValue(id.GetValue<int>(), out var request))
        {
            request.TrySetResult(json);
        }
        else if (json["client"] is { } client && _clients.TryGetValue(client.GetValue<string>(), out var onEvent))
        {
            onEvent(json);
        }
    }
}
