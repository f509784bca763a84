namespace Godwit.Server.Listeners.Tls;

/// <summary>Certificates cannot be used as configured; the message names the file and what to do.</summary>
internal sealed class TlsFilesException(string message, Exception? cause = null) : Exception(message, cause);
