using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Godwit.Broker;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Listeners;
using Godwit.Server.Logging;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authorization;

namespace Godwit.Server.Transports;

/// <summary>What stands between a complete CONNECT and the shard: the question who the client is, and what may be refused when that is known. Any thread.</summary>
/// <param name="core">The broker.</param>
/// <param name="log">For refusals.</param>
/// <param name="logins">Learns who comes in.</param>
/// <param name="rights">Who is asked about rights; null: nobody.</param>
internal sealed class ConnectJudge(BrokerCore core, ConnectionLog log, LoginDesk logins, AuthorizationDesk? rights)
{
    /// <summary>Nothing is to be asked on this listener: what <see cref="Handshake.TryRead"/> accepts comes in at once.</summary>
    internal bool IsOpen(Entrance entrance) => entrance.Authentication is null && IsOpen(core.Access);

    /// <summary>There are no rules about topics: they would be asked about the will, and might ask for a client's address.</summary>
    internal static bool IsOpen(IAccessPolicy access) => access is OpenAccess or AclPolicy { IsOpen: true };

    /// <summary>The question to put to <see cref="Entrance.Authentication"/>. Its buffers are its own.</summary>
    /// <param name="connect">The whole CONNECT, accepted.</param>
    /// <param name="handshake">What was said of it.</param>
    /// <param name="entrance">Where the client came in.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="certificate">That it has shown.</param>
    /// <param name="certificateSubject">Of the certificate that it has shown to a trusted proxy.</param>
    internal static AuthenticationRequest RequestOf(
        ReadOnlySpan<byte> connect, in HandshakeResult handshake, Entrance entrance, IPAddress? address, X509Certificate2? certificate, string? certificateSubject)
    {
        var packet = Read(connect);
        var hasMethod = packet.Properties.TryGet(PropertyId.AuthenticationMethod, out var method);
        return new AuthenticationRequest(
            handshake.ClientId,
            packet.Version,
            packet.HasUserName ? Encoding.UTF8.GetString(packet.UserName) : null,
            packet.HasPassword ? packet.Password.ToArray() : default(ReadOnlyMemory<byte>?),      // null would become an empty password
            address,
            entrance.Options,
            certificate,
            certificateSubject,
            hasMethod ? Encoding.UTF8.GetString(method.Value) : null,
            hasMethod && packet.Properties.TryGet(PropertyId.AuthenticationData, out var data) ? data.Value.ToArray() : default(ReadOnlyMemory<byte>));
    }

    /// <summary>Asks who a client is, and then about the rights that its CONNECT needs. It may have ended already.</summary>
    /// <param name="request">From <see cref="RequestOf"/>.</param>
    /// <param name="connect">The whole CONNECT.</param>
    /// <param name="handshake">What was said of it.</param>
    /// <param name="entrance">Where the client came in.</param>
    /// <param name="cancellation">The client has gone.</param>
    internal ValueTask<AuthenticationResult> AskAsync(
        AuthenticationRequest request, ReadOnlySpan<byte> connect, in HandshakeResult handshake, Entrance entrance, CancellationToken cancellation)
    {
        var asking = entrance.Authentication?.AuthenticateAsync(request, cancellation)
            ?? ValueTask.FromResult(new AuthenticationResult(ConnackReasonCode.Success, Identity: null, ""));
        return rights is { HasSources: true } ? PrepareAsync(asking, connect.ToArray(), handshake.ClientId, entrance, request.Address, cancellation) : asking;
    }

    /// <summary>Nobody has to be asked on this listener, neither who a client is nor what it may do.</summary>
    internal bool AsksNobody(Entrance entrance) => entrance.Authentication is null && rights is not { HasSources: true };

    /// <summary>Whether a client that was asked who it is comes in.</summary>
    /// <param name="connect">The whole CONNECT.</param>
    /// <param name="handshake">What was said of it; afterwards with the client identifier that counts.</param>
    /// <param name="request">The question; null: nobody was asked.</param>
    /// <param name="result">The answer.</param>
    /// <param name="entrance">Where it came in.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="addressText">The same for the log.</param>
    /// <param name="identity">Who it is.</param>
    /// <returns>What to send before closing; null: it comes in.</returns>
    internal ReadOnlyMemory<byte>? RefusalOf(
        ReadOnlySpan<byte> connect,
        ref HandshakeResult handshake,
        AuthenticationRequest? request,
        in AuthenticationResult result,
        Entrance entrance,
        IPAddress? address,
        string addressText,
        out Identity? identity)
    {
        identity = null;
        if (request is not null && !result.IsAccepted)
        {
            log.AuthenticationRefused(request.ClientId, request.UserName, addressText, result.Code, result.Reason);
            return Handshake.EncodeRefusal(request.Version, result.Code);
        }

        if (result.ClientId is { } clientId)
        {
            handshake = new HandshakeResult
            {
                Status = HandshakeStatus.Accepted,
                ConnectSize = handshake.ConnectSize,
                ClientId = clientId,
                ClientIdAssigned = handshake.ClientIdAssigned,
                ShardIndex = core.ShardOf(clientId),
            };
        }

        identity = Complete(result.Identity, entrance, address, handshake.ClientId);
        var code = core.Handshake.Authorize(connect, handshake.ClientId, identity, out var refusal, result.Will);
        if (code == ConnackReasonCode.Success)
        {
            if (request is not null && entrance.Authentication is { } authentication)
            {
                logins.Enter(identity, authentication, request, result);
            }

            return null;
        }

        log.AuthenticationRefused(handshake.ClientId, identity?.UserName, addressText, code, "it may not publish its will");
        return refusal;
    }

    /// <summary>Authentication Data for the CONNACK of a client that comes in; null: none.</summary>
    internal byte[]? LastDataOf(Identity? identity) => logins.LastDataOf(identity);

    private async ValueTask<AuthenticationResult> PrepareAsync(
        ValueTask<AuthenticationResult> asking, byte[] connect, string clientId, Entrance entrance, IPAddress? address, CancellationToken cancellation)
    {
        var result = await asking.ConfigureAwait(false);
        if (!result.IsAccepted)
        {
            return result;
        }

        var id = result.ClientId ?? clientId;
        return result with { Will = await rights!.PrepareAsync(connect, id, Complete(result.Identity, entrance, address, id), cancellation).ConfigureAwait(false) };
    }

    /// <summary>Adds what the listener knows, and what was found out before.</summary>
    private Identity Complete(Identity? identity, Entrance entrance, IPAddress? address, string clientId) => new()
    {
        UserName = identity?.UserName,
        Groups = identity?.Groups ?? [],
        Rights = identity?.Rights,
        Address = identity?.Address ?? address,
        Listener = identity?.Listener ?? entrance.Rules,
        Answers = rights?.AnswersOf(identity?.UserName, clientId),
    };

    private static ConnectPacket Read(ReadOnlySpan<byte> connect)
    {
        PacketFramer.TryRead(connect, ProtocolVersion.Mqtt311, int.MaxValue, out _, out var body, out _, out _);
        ConnectPacket.TryRead(body, out var packet);
        return packet;
    }
}
