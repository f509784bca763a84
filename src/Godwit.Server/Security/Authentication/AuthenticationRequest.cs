using System.Net;
using System.Security.Cryptography.X509Certificates;
using Godwit.Protocol;
using Godwit.Server.Listeners;

namespace Godwit.Server.Security.Authentication;

/// <summary>What a client says of itself in CONNECT, and what its connection says of it.</summary>
/// <param name="ClientId">The client identifier, as sent or assigned.</param>
/// <param name="Version">The version of CONNECT.</param>
/// <param name="UserName">User Name; null when the client sent none; may be empty.</param>
/// <param name="Password">Password, any bytes; null when the client sent none; may be empty. Whoever made the request owns the buffer and keeps it until the answer is there.</param>
/// <param name="Address">Where the client is; behind a trusted proxy what that says; null on a Unix socket.</param>
/// <param name="Listener">Where it came in.</param>
/// <param name="Certificate">The client certificate that TLS has verified; null without.</param>
/// <param name="CertificateSubject">The common name of the client certificate that a trusted proxy has verified (PROXY v2, PP2_SUBTYPE_SSL_CN); null without.</param>
/// <param name="Method">Authentication Method (5.0 §3.1.2.11.9); null without.</param>
/// <param name="Data">Authentication Data; empty without. Owned as <paramref name="Password"/>.</param>
/// <param name="Exchange">AUTH packets of this connection; null where there can be none (3.x, or no Authentication Method).</param>
public sealed record AuthenticationRequest(
    string ClientId,
    ProtocolVersion Version,
    string? UserName,
    ReadOnlyMemory<byte>? Password,
    IPAddress? Address,
    ListenerOptions Listener,
    X509Certificate2? Certificate = null,
    string? CertificateSubject = null,
    string? Method = null,
    ReadOnlyMemory<byte> Data = default,
    IAuthenticationExchange? Exchange = null)
{
    /// <summary>
    /// The user who is known already, when this is a re-authentication (5.0 §4.12.1): the answer must name the same. Null in CONNECT.
    /// </summary>
    public string? Principal { get; init; }

    /// <summary>Names the client; never holds a secret.</summary>
    public override string ToString() => $"\"{ClientId}\" from {Address?.ToString() ?? "a Unix socket"}";
}
