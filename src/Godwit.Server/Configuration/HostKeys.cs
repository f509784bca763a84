using Godwit.Broker;
using Godwit.Server.Hosting;

namespace Godwit.Server.Configuration;

/// <summary>The keys of <see cref="ServerOptions"/> about how the broker runs.</summary>
public static class HostKeys
{
    private const bool Restart = false;

    /// <summary>All of them.</summary>
    public static KeyTable<ServerOptions> All { get; } = new()
    {
        { nameof(ServerOptions.Shards), KeyTypes.Number("threads", 0, BrokerCore.ShardCountMax), o => o.Shards, (o, v) => o.Shards = (int)v, Restart, "", "Threads that share the clients; 0 is one for two processors." },
        { nameof(ServerOptions.Transport), KeyTypes.Choice([("default", TransportKind.Default), ("epoll", TransportKind.Epoll), ("kestrel", TransportKind.Kestrel)]), o => o.Transport, (o, v) => o.Transport = v, Restart, "", "How TCP is served: epoll is for Linux, kestrel for every system." },
        { nameof(ServerOptions.ReloadOnChange), KeyTypes.Flag, o => o.ReloadOnChange, (o, v) => o.ReloadOnChange = v, Restart, "", "The configuration is read again as soon as one of its files changes, not only when SIGHUP asks for it." },
        { nameof(ServerOptions.PidFile), KeyTypes.NewPath, o => o.PidFile, (o, v) => o.PidFile = v, Restart, "pid_file", "A file that holds the number of the process while it runs. That it cannot be written is a warning." },
    };
}
