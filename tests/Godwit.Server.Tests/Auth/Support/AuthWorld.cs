using System.Net;
using System.Text;
using Godwit.Protocol;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Passwords;

namespace Godwit.Server.Tests.Auth.Support;

/// <summary>Authentication of a server, without the server: a folder for files, a clock of its own, and its log.</summary>
internal sealed class AuthWorld : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("godwit-auth-").FullName;
    private AuthenticationService? _service;

    public ManualTime Time { get; } = new();

    public LinesLogger Log { get; } = new();

    public AuthenticationSettings Settings { get; } = new();

    public ListenerOptions Listener { get; } = new() { Name = "first", Addresses = [IPAddress.Loopback] };

    public AuthenticationService Service => _service ??= new AuthenticationService(Settings, [Listener], Time, Log);

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Writes a file into the folder.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    /// <summary>Writes a password file with few iterations, so that a test is quick.</summary>
    public string WritePasswords(string name, params (string User, string Password)[] users) =>
        Write(name, string.Concat(users.Select(user => $"{user.User}:{Pbkdf2Hash.Create(Encoding.UTF8.GetBytes(user.Password), iterations: 10).Encode()}\n")));

    public AuthenticationRequest Request(
        string? user, string? password, string clientId = "client", string? address = "10.0.0.1", ProtocolVersion version = ProtocolVersion.Mqtt5) =>
        new(clientId, version, user, password is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(password), address is null ? null : IPAddress.Parse(address), Listener);

    /// <summary>Logs in, and waits for the answer a few seconds of real time.</summary>
    public Task<AuthenticationResult> LogInAsync(AuthenticationRequest request) =>
        Service.AuthenticateAsync(request, TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

    public Task<AuthenticationResult> LogInAsync(string? user, string? password, string clientId = "client", string? address = "10.0.0.1") =>
        LogInAsync(Request(user, password, clientId, address));

    public void Dispose()
    {
        _service?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
