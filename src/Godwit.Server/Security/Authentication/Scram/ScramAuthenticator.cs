using System.Security.Cryptography;
using System.Text;
using Godwit.Broker.Security;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Authentication.Guards;

namespace Godwit.Server.Security.Authentication.Scram;

/// <summary>Enhanced authentication by SCRAM (5.0 §4.12): the password never leaves the client, and the server proves that it knows the verifier.</summary>
internal sealed class ScramAuthenticator(string name, ScramFile file) : GatedAuthenticator, IAuthenticationMethods, IUserFile
{
    private const int SaltBytes = 16;

    private readonly byte[] _saltKey = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public IReadOnlyList<string> Methods { get; } = [ScramMethod.Sha256.Name, ScramMethod.Sha512.Name];

    /// <inheritdoc/>
    IEnumerable<(string UserName, string Verifier)> IUserFile.Logins => file.Logins;

    /// <inheritdoc/>
    bool IUserFile.Has((string UserName, string Verifier) login) => file.Has(login);

    internal override async ValueTask<AuthenticationVerdict> AuthenticateAsync(AuthenticationRequest request, LoginAttempt? attempt, CancellationToken cancellation)
    {
        if (ScramMethod.Find(request.Method) is not { } method || request.Exchange is not { } exchange)
        {
            return AuthenticationVerdict.Unknown($"{name}: another method");
        }

        if (ScramServer.TryBegin(method, request.Data.Span) is not { } server)
        {
            return AuthenticationVerdict.Refuse(ConnackReasonCode.BadAuthenticationMethod, $"{name}: a first message that is not understood");
        }

        if (!string.IsNullOrEmpty(request.UserName) && !string.Equals(request.UserName, server.UserName, StringComparison.Ordinal))
        {
            return AuthenticationVerdict.Refuse(ConnackReasonCode.BadUserNameOrPassword, $"{name}: another user name than in CONNECT");
        }

        if (attempt is not null)
        {
            attempt.UserName = server.UserName;
            if (await attempt.AdmitAsync(cancellation).ConfigureAwait(false) is { } tooMany)
            {
                return tooMany;
            }
        }

        var verifier = file.Find(server.UserName, method);
        var answer = await exchange.ContinueAsync(server.Challenge(verifier ?? ScramVerifier.Nobody(method, SaltOf(server.UserName))), cancellation).ConfigureAwait(false);
        if (answer is not { } proof)
        {
            return AuthenticationVerdict.Refuse(ConnackReasonCode.ProtocolError, $"{name}: the client has not gone on with the exchange");
        }

        if (!server.TryFinish(proof.Span, out var last) || verifier is null)
        {
            return AuthenticationVerdict.WrongPassword(verifier is null ? $"{name}: no such user" : $"{name}: wrong proof");
        }

        return AuthenticationVerdict.Accept(new Identity { UserName = server.UserName }, $"{name}: {method.Name}") with { Data = last };
    }

    /// <summary>Who does not exist has a salt, too, and always the same.</summary>
    private byte[] SaltOf(string userName) => HMACSHA256.HashData(_saltKey, Encoding.UTF8.GetBytes(userName))[..SaltBytes];
}
