using System.Collections.Concurrent;
using Godwit.Fuzz.Client;
using Godwit.Fuzz.Engine;
using Godwit.Fuzz.Packets;

namespace Godwit.Fuzz.Targets;

/// <summary>
/// Any server to the client library. The connection ends, the client can be disposed, every call ends with a result or with an
/// exception of those that are documented, what the client sends is MQTT, and no exception is left that nobody has seen.
/// </summary>
internal sealed class ClientTarget : FuzzTarget
{
    private static readonly ConcurrentQueue<Exception> All = Observe();

    private readonly ConcurrentQueue<Exception> _unobserved = All;      // observed from the first target on, not from the first look

    public override string Name => "client";

    /// <summary>The client works on the threads of the pool.</summary>
    public override long AllocatedBytes => GC.GetTotalAllocatedBytes(precise: false);

    public override byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus) => ClientScriptMaker.Make(random, corpus);

    public override long AllocatedBytesMax(int inputSize) => 4_000_000 + (20_000L * inputSize);

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (!input.IsEmpty)
        {
            new ClientRun(input[0], ScriptStep.Read(input[1..])).RunAsync().GetAwaiter().GetResult();
        }
    }

    /// <summary>An exception that nobody has seen is reported when its task is collected.</summary>
    public override void CheckLate()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (_unobserved.TryDequeue(out var exception))
        {
            _unobserved.Clear();
            throw new InvalidOperationException("An exception was left that nobody has seen.", exception);
        }
    }

    private static ConcurrentQueue<Exception> Observe()
    {
        var exceptions = new ConcurrentQueue<Exception>();
        TaskScheduler.UnobservedTaskException += (_, arguments) =>
        {
            exceptions.Enqueue(arguments.Exception);
            arguments.SetObserved();
        };
        return exceptions;
    }
}
