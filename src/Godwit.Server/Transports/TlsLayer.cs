using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Godwit.Server.Listeners.Tls;

namespace Godwit.Server.Transports;

/// <summary>Encryption between the socket and MQTT, or between the socket and HTTP.</summary>
internal static class TlsLayer
{
    /// <summary>Makes the handshake; the link's pipes then carry what is inside.</summary>
    /// <param name="link">Its pipes carry TLS.</param>
    /// <param name="tls">The listener's certificates.</param>
    /// <param name="protocol">Chosen when the client offers it (ALPN).</param>
    /// <returns>To be disposed when the connection has ended.</returns>
    /// <exception cref="AuthenticationException">The handshake has failed; the message says why.</exception>
    internal static async Task<SslStream> OpenAsync(ClientLink link, TlsContext tls, string protocol)
    {
        var isOffered = await IsOfferedAsync(link.Transport.Input, Encoding.ASCII.GetBytes(protocol), link.Opening).ConfigureAwait(false);
        var stream = new SslStream(new DuplexStream(link.Transport), leaveInnerStreamOpen: true);
        string? refusal = null;
        try
        {
            await stream.AuthenticateAsServerAsync(
                (_, hello, _, _) => ValueTask.FromResult(tls.OptionsFor(hello.ServerName, isOffered ? protocol : null, reason => refusal = reason)),
                state: null,
                link.Opening).ConfigureAwait(false);
        }
        catch (AuthenticationException exception)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new AuthenticationException(refusal ?? Innermost(exception).Message, exception);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        link.Certificate = stream.RemoteCertificate as X509Certificate2;
        link.Transport = new StreamPipes(stream, useZeroByteReads: true);
        link.IsLayered = true;
        link.EndingLayers = cancellation => stream.ShutdownAsync().WaitAsync(cancellation);
        return stream;
    }

    private static async Task<bool> IsOfferedAsync(PipeReader input, byte[] protocol, CancellationToken cancellation)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellation).ConfigureAwait(false);
            var needed = ClientHello.SizeNeeded(Flat(result.Buffer));
            if (needed <= result.Buffer.Length || result.IsCompleted)
            {
                var isOffered = needed > 0 && ClientHello.Offers(Flat(result.Buffer.Slice(0, Math.Min(needed, result.Buffer.Length))), protocol);
                input.AdvanceTo(result.Buffer.Start);       // nothing is taken, and what is there is read again at once
                return isOffered;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static ReadOnlySpan<byte> Flat(in ReadOnlySequence<byte> bytes) => bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray();

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
