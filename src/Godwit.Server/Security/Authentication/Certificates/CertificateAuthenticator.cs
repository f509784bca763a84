using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Listeners;

namespace Godwit.Server.Security.Authentication.Certificates;

/// <summary>
/// On a listener whose option UserNameFrom is set, the certificate says who the client is, and nobody else is asked: the user name and password
/// of CONNECT count for nothing. TLS, or a trusted proxy, has verified the certificate before.
/// </summary>
internal static class CertificateAuthenticator
{
    private const string Name = "certificate";

    /// <summary>This listener's users are named by certificates.</summary>
    internal static bool Decides(ListenerOptions listener) => (listener.Tls?.UserNameFrom ?? CertificateName.None) != CertificateName.None;

    /// <summary>Accepts or refuses.</summary>
    internal static AuthenticationVerdict Authenticate(AuthenticationRequest request)
    {
        var isWhole = request.Listener.Tls?.UserNameFrom == CertificateName.Subject;
        if (request.Certificate is null)
        {
            return request.CertificateSubject is { Length: > 0 } proxied && !isWhole
                ? Accept(proxied)
                : Refuse(isWhole && request.CertificateSubject is not null ? "a proxy names no whole subject" : "the client has none");
        }

        if (!SubjectName.TryParse(request.Certificate.SubjectName.RawData, out var subject))
        {
            return Refuse("its subject is not well-formed text");
        }

        if (isWhole)
        {
            return Accept(subject.ToString());
        }

        return subject.CommonNames switch
        {
            [{ Length: > 0 } commonName] => Accept(commonName),
            [] or [_] => Refuse("its subject has no common name"),
            _ => Refuse("its subject has several common names"),
        };
    }

    private static AuthenticationVerdict Accept(string userName) =>
        Encoding.UTF8.GetByteCount(userName) > ushort.MaxValue
            ? Refuse("its name is longer than a user name can be")
            : AuthenticationVerdict.Accept(new Identity { UserName = userName }, $"{Name}: its name");

    private static AuthenticationVerdict Refuse(string reason) =>
        AuthenticationVerdict.Refuse(ConnackReasonCode.BadUserNameOrPassword, $"{Name}: {reason}");
}
