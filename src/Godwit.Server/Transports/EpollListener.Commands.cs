using System.Collections.Concurrent;
using Godwit.Server.Listeners;

namespace Godwit.Server.Transports;

/// <summary>Sockets that come and go while it runs: other threads say what, its own thread does it.</summary>
internal sealed unsafe partial class EpollListener
{
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<(Action Act, TaskCompletionSource Done)> _commands = new();

    /// <summary>Begins to accept from a socket, which is this object's from now on.</summary>
    internal void Add(ListeningSocket socket) => Do(() =>
    {
        var number = _sockets.IndexOf(null);        // events that named the old one are handled by now
        if (number < 0)
        {
            number = _sockets.Count;
            _sockets.Add(null);
        }

        _sockets[number] = socket;
        _ = _epoll.Add(socket.Fd, FirstSocketId - number, EpollFlags.In);
    });

    /// <summary>Closes the sockets of a listener; connections stay.</summary>
    internal void StopAccepting(Entrance entrance) => Do(() => CloseSockets(entrance));

    /// <summary>Closes the sockets of a listener, and the connections on them that have not sent CONNECT.</summary>
    internal void Remove(Entrance entrance) => Do(() =>
    {
        CloseSockets(entrance);
        foreach (var (id, pending) in _pending.Where(pair => pair.Value.Entrance == entrance).ToList())
        {
            var dropped = pending;
            _pending.Remove(id);
            Release(ref dropped);
            Drop(dropped);
        }
    });

    private void CloseSockets(Entrance entrance)
    {
        for (var i = 0; i < _sockets.Count; i++)
        {
            if (_sockets[i]?.Entrance == entrance)
            {
                _sockets[i]!.Dispose();             // this takes it out of the epoll, too
                _sockets[i] = null;
            }
        }
    }

    /// <summary>Has its thread do something, and waits until it is done.</summary>
    private void Do(Action act)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _commands.Enqueue((act, done));
        _wakeSignal.Wake();
        done.Task.WaitAsync(CommandPatience).GetAwaiter().GetResult();
    }

    private void TakeCommands()
    {
        while (_commands.TryDequeue(out var command))
        {
            command.Act();
            command.Done.SetResult();
        }
    }
}
