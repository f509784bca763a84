using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Godwit.Server.Transports;

/// <summary>
/// Ends a Kestrel connection so that the peer sees the last packet and not a reset; the same rule as <see cref="ClosingSockets"/>.
/// </summary>
internal static class GracefulClose
{
    /// <summary>Shuts sending down, drops input, and returns when the peer has closed its side or the time is over.</summary>
    /// <param name="link">Kestrel closes it afterwards.</param>
    /// <param name="sending">Ends when everything to be sent has left.</param>
    /// <param name="deadline">Cancelled when the time is over.</param>
    internal static async Task RunAsync(ClientLink link, Task sending, CancellationToken deadline)
    {
        try
        {
            await sending.WaitAsync(deadline).ConfigureAwait(false);
            await link.EndOutputAsync(deadline).ConfigureAwait(false);
            if (await IsStillOpenAfterDrainAsync(link.Transport.Input, deadline).ConfigureAwait(false))
            {
                await Task.Delay(Timeout.Infinite, deadline).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (IsEndOfConnection(exception))
        {
            // The peer, or the deadline, was faster: either way there is nothing left to wait for.
        }
    }

    /// <summary>The connection or the wait for it has ended; nobody is at fault.</summary>
    internal static bool IsEndOfConnection(Exception exception) =>
        exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException or AuthenticationException;

    /// <summary>Reads and drops at most <see cref="ClosingSockets.DrainBytesMax"/> bytes.</summary>
    /// <returns>False: the peer has closed its side.</returns>
    private static async Task<bool> IsStillOpenAfterDrainAsync(PipeReader input, CancellationToken deadline)
    {
        for (var drained = 0L; drained < ClosingSockets.DrainBytesMax;)
        {
            var result = await input.ReadAsync(deadline).ConfigureAwait(false);
            drained += result.Buffer.Length;
            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return false;
            }
        }

        return true;
    }
}
