using System.Buffers;
using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Transports;

/// <summary>AUTH packets on a connection of Kestrel. Used by one task at a time.</summary>
/// <param name="link">The connection; nobody else reads it meanwhile.</param>
/// <param name="method">Of CONNECT.</param>
/// <param name="sizeMax">Longest AUTH, in bytes.</param>
/// <param name="received">What came behind CONNECT.</param>
internal sealed class KestrelExchange(ClientLink link, string method, int sizeMax, byte[] received) : IAuthenticationExchange
{
    /// <summary>What came behind the last AUTH: the connection's first input.</summary>
    internal byte[] Behind { get; private set; } = received;

    public async ValueTask<ReadOnlyMemory<byte>?> ContinueAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        await link.Transport.Output.WriteAsync(AuthPackets.Continue(method, data.Span), cancellation).ConfigureAwait(false);
        while (true)
        {
            if (AuthPackets.TryRead(Behind, method, sizeMax, out var answer, out var size))
            {
                Behind = answer is null ? Behind : Behind[size..];
                return answer;
            }

            var read = await link.Transport.Input.ReadAsync(cancellation).ConfigureAwait(false);
            Behind = [.. Behind, .. read.Buffer.ToArray()];
            link.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                throw new IOException("The client has closed the connection.");
            }
        }
    }
}
