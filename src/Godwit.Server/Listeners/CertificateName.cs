namespace Godwit.Server.Listeners;

/// <summary>What of a client's certificate is its user name.</summary>
public enum CertificateName
{
    /// <summary>Nothing: the user name is that of CONNECT.</summary>
    None,

    /// <summary>The common name, exactly as it stands in the certificate.</summary>
    CommonName,

    /// <summary>The whole subject in the form of RFC 4514, e.g. <c>CN=sensor 7,O=Example</c>.</summary>
    Subject,
}
