namespace Godwit.Floods.Support;

/// <summary>Both ways in which <c>godwit serve</c> takes connections.</summary>
internal static class Transports
{
    public const string Epoll = "epoll";
    public const string Kestrel = "kestrel";

    public static TheoryData<string> All => OperatingSystem.IsLinux() ? [Epoll, Kestrel] : [Kestrel];
}
