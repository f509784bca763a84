using System.Diagnostics;
using System.Net.Sockets;

namespace Godwit.Compare.Overload;

/// <summary>A client that sends itself a QoS 1 message every 10 ms, on a thread of its own; one that is late counts from when it was due.</summary>
internal sealed class Health : IDisposable
{
    private const int IntervalMs = 10;
    private const int PubackSize = 4;

    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly List<double> _latencies = [];
    private readonly Lock _lock = new();
    private volatile bool _isStopping;

    /// <summary>Connects and begins.</summary>
    public Health(int port)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 20_000, SendTimeout = 20_000 };
        _socket.Connect(System.Net.IPAddress.Loopback, port);
        Exchange([0x10, 18, 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, 6, .. "health"u8], 4);
        Exchange([0x82, 11, 0, 1, 0, 6, .. "health"u8, 1], 5);
        _thread = new Thread(Run) { IsBackground = true, Name = "health", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Why it has ended; null: it has not.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>The 99th of 100 in milliseconds since the last call; null: none has come.</summary>
    public double? TakeP99()
    {
        lock (_lock)
        {
            _latencies.Sort();
            double? p99 = _latencies.Count == 0 ? null : _latencies[Math.Min(_latencies.Count - 1, (int)(_latencies.Count * 0.99))];
            _latencies.Clear();
            return p99;
        }
    }

    public void Dispose()
    {
        _isStopping = true;
        _socket.Dispose();
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            var publish = MiniClient.Publish("health", [1, 2, 3, 4], packetId: 1);
            var clock = Stopwatch.StartNew();
            for (var due = IntervalMs; !_isStopping; due += IntervalMs)
            {
                if (due - clock.ElapsedMilliseconds is > 0 and var early)
                {
                    Thread.Sleep((int)early);
                }

                var answer = Exchange(publish, publish.Length + PubackSize);
                var idAt = (answer[0] == 0x40 ? PubackSize : 0) + publish.Length - 4 - 2;
                _socket.Send([0x40, 2, answer[idAt], answer[idAt + 1]]);
                lock (_lock)
                {
                    _latencies.Add(clock.Elapsed.TotalMilliseconds - due);
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            Fault = _isStopping ? null : exception;
        }
    }

    private byte[] Exchange(ReadOnlySpan<byte> request, int answerSize)
    {
        _socket.Send(request);
        var answer = new byte[answerSize];
        for (var received = 0; received < answerSize;)
        {
            received += _socket.Receive(answer.AsSpan(received)) is > 0 and var count ? count : throw new IOException("the broker has closed the connection");
        }

        return answer;
    }
}
