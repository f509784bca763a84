namespace Godwit.Server.Listeners;

/// <summary>A certificate for clients that ask for a host name.</summary>
/// <param name="Host">E.g. <c>mqtt.example.org</c>, or <c>*.example.org</c> for every name with one label in that place.</param>
/// <param name="CertificateFile">PEM, the server's own first, then those that lead to the CA.</param>
/// <param name="KeyFile">PEM.</param>
public sealed record SniCertificate(string Host, string CertificateFile, string KeyFile);
