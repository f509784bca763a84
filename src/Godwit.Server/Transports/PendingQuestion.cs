using System.Collections.Concurrent;
using Godwit.Broker.Shards;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Listeners;
using Godwit.Server.Logging;
using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Transports;

/// <summary>The question who a client is, while the answer is awaited. Made by the listener's thread; the answer comes on any.</summary>
internal sealed class PendingQuestion : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>Made with a complete CONNECT.</summary>
    /// <param name="id">The connection's.</param>
    /// <param name="handshake">What was said of CONNECT.</param>
    /// <param name="request">What is asked.</param>
    internal PendingQuestion(long id, in HandshakeResult handshake, AuthenticationRequest request) =>
        (Id, Handshake, Request, Position) = (id, handshake, request, handshake.ConnectSize);

    internal long Id { get; }

    internal HandshakeResult Handshake { get; }

    internal AuthenticationRequest Request { get; private set; }

    /// <summary>AUTH packets; null: the client has named no method.</summary>
    internal EpollExchange? Exchange { get; private set; }

    /// <summary>Where in what was received the first byte stands that is not read yet: behind CONNECT, then behind each AUTH.</summary>
    internal int Position { get; set; }

    /// <summary>The answer; valid when it has come.</summary>
    internal AuthenticationResult Answer { get; private set; }

    /// <summary>Asks.</summary>
    /// <param name="judge">Knows whom.</param>
    /// <param name="connect">The whole CONNECT.</param>
    /// <param name="entrance">Where it came in.</param>
    /// <param name="send">Sends AUTH to this client; called on any thread.</param>
    /// <returns>Has often ended already.</returns>
    internal ValueTask<AuthenticationResult> AskAsync(ConnectJudge judge, ReadOnlySpan<byte> connect, Entrance entrance, Action<PendingQuestion, byte[]> send)
    {
        if (Request.Method is { } method)
        {
            Exchange = new EpollExchange(method, bytes => send(this, bytes));
            Request = AuthPackets.With(Request, Exchange);
        }

        return judge.AskAsync(Request, connect, Handshake, entrance, _cancellation.Token);
    }

    /// <summary>Puts the answer where the listener's thread finds it.</summary>
    /// <param name="asking">What <see cref="AskAsync"/> has returned.</param>
    /// <param name="answered">Where.</param>
    /// <param name="wake">Tells the thread.</param>
    /// <param name="log">For faults.</param>
    internal async Task ReportAsync(ValueTask<AuthenticationResult> asking, ConcurrentQueue<PendingQuestion> answered, Action wake, ConnectionLog log)
    {
        try
        {
            Answer = await asking.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whoever cannot answer lets nobody in, and costs this client only.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Answer = new AuthenticationResult(ConnackReasonCode.ServerUnavailable, Identity: null, "fault");
            if (fault is not OperationCanceledException)
            {
                log.HandshakeFault(Request.Address?.ToString() ?? "", fault);
            }
        }

        answered.Enqueue(this);
        wake();
    }

    /// <summary>The client is not waited for any more.</summary>
    internal void Abandon() => _cancellation.Cancel();

    public void Dispose() => _cancellation.Dispose();
}
