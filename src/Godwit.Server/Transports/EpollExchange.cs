using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Transports;

/// <summary>AUTH packets on a connection of the epoll listener, whose thread alone touches the socket: what is to be sent is put where it finds it.</summary>
/// <param name="method">Of CONNECT.</param>
/// <param name="post">Gives the listener's thread an AUTH to send; called on any thread.</param>
internal sealed class EpollExchange(string method, Action<byte[]> post) : IAuthenticationExchange
{
    private TaskCompletionSource<ReadOnlyMemory<byte>?>? _answer;

    /// <summary>Of CONNECT.</summary>
    internal string Method => method;

    public async ValueTask<ReadOnlyMemory<byte>?> ContinueAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<ReadOnlyMemory<byte>?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _answer, answer);
        post(AuthPackets.Continue(method, data.Span));
        return await answer.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>The client has answered. The listener's thread.</summary>
    /// <param name="data">Null: with something else than AUTH 0x18 of the same method.</param>
    internal void Answer(ReadOnlyMemory<byte>? data) => Volatile.Read(ref _answer)?.TrySetResult(data);
}
