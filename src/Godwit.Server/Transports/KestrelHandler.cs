using System.Buffers;
using System.Net;
using System.Security.Authentication;
using Godwit.Broker;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Server.Listeners;
using Godwit.Server.Listeners.Proxies;
using Godwit.Server.Logging;
using Godwit.Server.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace Godwit.Server.Transports;

/// <summary>
/// Takes connections from Kestrel through their layers and holds each until its CONNECT is complete, with a limit of time, size and number;
/// then its shard owns it.
/// </summary>
internal sealed class KestrelHandler(BrokerCore core, ConnectionIds ids, IReadOnlyList<ShardLoop> loops, ConnectJudge judge, ConnectionLog log) : IDisposable
{
    private const int StopPollMs = 5;

    private readonly CancellationTokenSource _stopping = new();
    private Action? _leaveHalfOpen;         // one for all
    private int _halfOpen;
    private long _heldBytes;        // of incomplete CONNECTs

    /// <summary>Serves one connection from accept to close.</summary>
    /// <param name="context">Kestrel's.</param>
    /// <param name="entrance">Where it came in.</param>
    /// <param name="carry">Goes on when PROXY header and TLS are through: with MQTT, or with HTTP.</param>
    internal async Task OnConnectedAsync(ConnectionContext context, Entrance entrance, Func<ClientLink, Task> carry)
    {
        var peer = context.RemoteEndPoint as IPEndPoint;
        if (log.IsOn)
        {
            log.Accepted(peer?.ToString() ?? "a Unix socket", (context.LocalEndPoint as IPEndPoint)?.Port ?? 0);
        }

        if (!MayOpen(entrance, peer?.Address, out var isRateCounted))
        {
            return;
        }

        var reason = PeerRefusalOf(entrance, peer?.Address)
            ?? (entrance.TryEnter() ? null : ListenerWords.Full(entrance.Options));
        if (reason is not null)
        {
            log.ListenerRefused(peer?.ToString() ?? "a Unix socket", entrance.Options, reason);
            return;
        }

        var halfOpenMax = core.Limits.HalfOpenMax;
        if (Interlocked.Increment(ref _halfOpen) > halfOpenMax && halfOpenMax > 0)
        {
            LeaveHalfOpen();
            entrance.Leave();
            log.HalfOpenRefused(peer?.ToString() ?? "a Unix socket", halfOpenMax);
            return;
        }

        var opening = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        opening.CancelAfter(core.Limits.ConnectTimeoutMs);
        using var link = new ClientLink(context, entrance, opening, _leaveHalfOpen ??= LeaveHalfOpen) { IsRateCounted = isRateCounted };
        try
        {
            // Half-open connections are many: without layers below there is no state machine for them.
            await (link.HasLayers ? OpenLayersAsync(link, carry) : carry(link)).ConfigureAwait(false);
        }
        catch (AuthenticationException exception)
        {
            log.TlsFailed(link.Address, entrance.Options, exception.Message);
        }
        catch (Exception exception) when (GracefulClose.IsEndOfConnection(exception))
        {
            if (link.IsTooLate && !_stopping.IsCancellationRequested)
            {
                log.ConnectTimeout(link.Address);
            }
        }
#pragma warning disable CA1031 // One connection's handler.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            log.HandshakeFault(link.Address, fault);
        }
        finally
        {
            entrance.Leave();
        }
    }

    /// <summary>Serves MQTT on a link whose layers are open, until the connection has ended.</summary>
    internal async Task ServeAsync(ClientLink link)
    {
        var connection = await ReadConnectAsync(link).ConfigureAwait(false);
        link.LeaveHalfOpen();
        if (connection is not null)
        {
            await connection.PumpAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes what is half open; nothing is posted after it returns.</summary>
    internal async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        while (Volatile.Read(ref _halfOpen) > 0)
        {
            await Task.Delay(StopPollMs).ConfigureAwait(false);
        }
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>What bans and rates say before anything is read.</summary>
    /// <param name="entrance">Where it came in.</param>
    /// <param name="peer">Its address.</param>
    /// <param name="isRateCounted">It has counted for the rates.</param>
    private bool MayOpen(Entrance entrance, IPAddress? peer, out bool isRateCounted)
    {
        isRateCounted = false;
        if (IsBehindProxy(entrance, peer) || core.Admission is not { WatchesDoor: true } admission)
        {
            return true;
        }

        isRateCounted = entrance.Tls is not null;
        return admission.MayOpen(peer, isRateCounted, MonotonicClock.NowMs);
    }

    /// <summary>May this address connect? Behind a trusted proxy that is asked about the client's, when it is known.</summary>
    private static string? PeerRefusalOf(Entrance entrance, IPAddress? peer)
    {
        if (entrance.Options.ProxyProtocol)
        {
            return entrance.IsTrustedProxy(peer) ? null : "TrustedProxies does not name its address";
        }

        return IsBehindProxy(entrance, peer) ? null : entrance.RefusalOf(peer);
    }

    /// <summary>The address is a proxy's: the client's own comes with the PROXY header, or with the request for a WebSocket.</summary>
    private static bool IsBehindProxy(Entrance entrance, IPAddress? peer) =>
        entrance.Options.ProxyProtocol
        || (entrance.Options is { Protocol: ListenerProtocol.WebSocket, TrustedProxies.Count: > 0 } && entrance.IsTrustedProxy(peer));

    private void LeaveHalfOpen() => Interlocked.Decrement(ref _halfOpen);

    private async Task OpenLayersAsync(ClientLink link, Func<ClientLink, Task> carry)
    {
        var entrance = link.Entrance;
        if (entrance.Options.ProxyProtocol)
        {
            var reason = await ReadProxyHeaderAsync(link).ConfigureAwait(false) ?? entrance.RefusalOf(link.EndPoint?.Address);
            if (reason is not null)
            {
                log.ListenerRefused(link.Address, entrance.Options, reason);
                return;
            }
        }

        if (entrance.Tls is null)
        {
            await carry(link).ConfigureAwait(false);
            return;
        }

        var protocol = entrance.Options.Protocol == ListenerProtocol.Mqtt ? "mqtt" : "http/1.1";
        var tls = await TlsLayer.OpenAsync(link, entrance.Tls, protocol).ConfigureAwait(false);
        await using (tls.ConfigureAwait(false))
        {
            await carry(link).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the header that a proxy sends first.</summary>
    /// <returns>Null: the link knows who is behind the proxy; else what is wrong.</returns>
    private static async Task<string?> ReadProxyHeaderAsync(ClientLink link)
    {
        var input = link.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync(link.Opening).ConfigureAwait(false);
            var bytes = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, ProxyHeader.SizeMax));
            var status = ProxyHeader.TryRead(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray(), out var header, out var size);
            if (status == ProxyHeaderStatus.Complete)
            {
                input.AdvanceTo(read.Buffer.GetPosition(size));
                if (!header.IsLocal)
                {
                    link.EndPoint = header.Source;
                    link.CertificateSubject = header.CommonName;
                }

                return null;
            }

            if (status == ProxyHeaderStatus.Invalid || read.IsCompleted)
            {
                input.AdvanceTo(read.Buffer.End);
                return "it does not begin with a valid PROXY header, which ProxyProtocol demands";
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Takes a connection as far as its shard.</summary>
    /// <returns>Null: refused, too late, or gone.</returns>
    private async Task<KestrelConnection?> ReadConnectAsync(ClientLink link)
    {
        var input = link.Transport.Input;
        var received = default(ConnectBuffer);
        var heldBytes = 0;
        ReadOnlyMemory<byte> answer;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(link.Opening).ConfigureAwait(false);
                foreach (var segment in read.Buffer)
                {
                    received.Append(segment.Span);
                }

                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted && read.Buffer.IsEmpty)
                {
                    return null;
                }

                Interlocked.Add(ref _heldBytes, received.Capacity - heldBytes);
                heldBytes = received.Capacity;
                var handshake = core.Handshake.TryRead(received.Span, link.Entrance.Rules);
                if (handshake.Status == HandshakeStatus.Accepted)
                {
                    var (connection, refusal) = await AdmitAsync(link, received.Span.ToArray(), handshake).ConfigureAwait(false);
                    if (connection is not null)
                    {
                        return connection;
                    }

                    answer = refusal;
                    break;
                }

                if (handshake.Status == HandshakeStatus.Refused)
                {
                    log.HandshakeRefused(link.Address, handshake);
                    answer = handshake.Answer;
                    break;
                }

                if (IsTooMuchHeld(link.Address))
                {
                    return null;
                }
            }
        }
        finally
        {
            Interlocked.Add(ref _heldBytes, -heldBytes);
            received.Release();
        }

        await RefuseAsync(link, answer).ConfigureAwait(false);
        return null;
    }

    /// <summary>CONNECT is complete: asks who the client is, where somebody is to be asked.</summary>
    /// <returns>A connection that is posted, or what to send before closing.</returns>
    private async Task<(KestrelConnection? Connection, ReadOnlyMemory<byte> Refusal)> AdmitAsync(ClientLink link, byte[] received, HandshakeResult handshake)
    {
        var entrance = link.Entrance;
        var identity = entrance.Anonymous;
        if (!judge.IsOpen(entrance))
        {
            AuthenticationRequest? request = null;
            var result = default(AuthenticationResult);
            if (!judge.AsksNobody(entrance))
            {
                request = ConnectJudge.RequestOf(
                    received.AsSpan(0, handshake.ConnectSize), handshake, entrance, link.EndPoint?.Address, link.Certificate, link.CertificateSubject);
                var exchange = request.Method is null ? null : new KestrelExchange(link, request.Method, core.Limits.ConnectSizeBytesMax, received[handshake.ConnectSize..]);
                request = exchange is null ? request : AuthPackets.With(request, exchange);
                result = await judge.AskAsync(request, received.AsSpan(0, handshake.ConnectSize), handshake, entrance, link.Opening).ConfigureAwait(false);
                received = exchange is null ? received : [.. received[..handshake.ConnectSize], .. exchange.Behind];
            }

            var refusal = judge.RefusalOf(
                received.AsSpan(0, handshake.ConnectSize), ref handshake, request, result, entrance, link.EndPoint?.Address, link.Address, out identity);
            if (refusal is { } bytes)
            {
                return (null, bytes);
            }
        }

        link.Opening.ThrowIfCancellationRequested();
        return (Post(link, received, handshake, identity), default);
    }

    /// <summary>Incomplete CONNECTs hold too much: the one that has just grown is closed.</summary>
    private bool IsTooMuchHeld(string address)
    {
        var limit = core.Limits.HalfOpenBytesMax;
        if (Interlocked.Read(ref _heldBytes) <= limit)
        {
            return false;
        }

        log.HalfOpenBytesRefused(address, limit);
        return true;
    }

    private KestrelConnection Post(ClientLink link, byte[] received, in HandshakeResult result, Identity? identity)
    {
        var transport = new KestrelConnection(link, core, loops[result.ShardIndex]);
        var connect = received[..result.ConnectSize];
        transport.Connection = new Connection(ids.Next(), transport, link.Address, connect, result) { TransportState = transport, IsRateCounted = link.IsRateCounted, Identity = identity, AuthenticationData = judge.LastDataOf(identity) };
        core.Post(result.ShardIndex, new ConnectionOpened(transport.Connection, received[result.ConnectSize..], taken: null));
        return transport;
    }

    private static async Task RefuseAsync(ClientLink link, ReadOnlyMemory<byte> answer)
    {
        if (answer.IsEmpty)
        {
            return;
        }

        using var deadline = new CancellationTokenSource(ClosingSockets.LingerMs);
        var sending = link.Transport.Output.WriteAsync(answer, deadline.Token).AsTask();
        await GracefulClose.RunAsync(link, sending, deadline.Token).ConfigureAwait(false);
    }
}
