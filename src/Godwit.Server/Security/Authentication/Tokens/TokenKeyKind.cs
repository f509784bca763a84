namespace Godwit.Server.Security.Authentication.Tokens;

/// <summary>What a key is. A key is only used for algorithms of its kind: else a public key could be taken for a shared secret.</summary>
internal enum TokenKeyKind
{
    /// <summary>A shared secret, for HMAC.</summary>
    Secret,

    /// <summary>An RSA public key.</summary>
    Rsa,

    /// <summary>A public key on one of the curves P-256, P-384, P-521.</summary>
    EllipticCurve,
}
