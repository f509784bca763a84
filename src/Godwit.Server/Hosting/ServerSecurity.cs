using Godwit.Broker.Security;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Authentication;

namespace Godwit.Server.Hosting;

/// <summary>Who may connect and who may do what, for a server that is started.</summary>
public sealed class ServerSecurity
{
    /// <summary>The rules about topics. The default has none: everybody may do everything.</summary>
    public IAccessPolicy Access { get; init; } = new OpenAccess();

    /// <summary>Who is asked about the clients of a listener; null: nobody, every client is anonymous.</summary>
    public Func<ListenerOptions, IAuthentication?> AuthenticationOf { get; init; } = _ => null;

    /// <summary>The clock of certificates; a test has its own.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
