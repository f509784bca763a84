using System.Buffers;
using Godwit.Bench.Measurement;

namespace Godwit.Bench.Clients;

/// <summary>One connection. It holds no buffer while nothing is cut off in the middle, so that an idle one costs little.</summary>
/// <param name="number">Its socket's number in its worker's poller.</param>
/// <param name="index">Its number among publishers or among subscribers of the whole run.</param>
/// <param name="publisher">Null: it subscribes.</param>
internal sealed class BenchClient(int number, int index, Publisher? publisher)
{
    private byte[]? _input;         // the beginning of a packet
    private byte[]? _output;        // what the kernel did not take
    private int _inputSize;
    private int _outputStart;
    private int _outputEnd;

    internal int Number { get; } = number;

    internal int Index { get; } = index;

    internal Publisher? Publisher { get; } = publisher;

    internal ClientState State { get; set; }

    /// <summary>SUBACK packets that have to come.</summary>
    internal int SubacksDue { get; set; }

    /// <summary>The next PINGRESP ends a barrier.</summary>
    internal bool IsAtBarrier { get; set; }

    internal long ConnectStartNs { get; set; }

    /// <summary>0: no PINGREQ waits for its answer.</summary>
    internal long PingSentNs { get; set; }

    /// <summary>Made with the first message.</summary>
    internal SequenceChecker? Checker { get; set; }

    /// <summary>The kernel did not take all: nothing may be sent before this.</summary>
    internal bool HasOutput => _output is not null;

    /// <summary>What the kernel did not take.</summary>
    internal ReadOnlySpan<byte> Output => _output.AsSpan(_outputStart, _outputEnd - _outputStart);

    /// <summary>Bytes of a packet that has not arrived completely.</summary>
    internal ReadOnlySpan<byte> Input => _input.AsSpan(0, _inputSize);

    /// <summary>Keeps bytes for later, behind those kept before.</summary>
    internal void KeepOutput(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (_output is null || _output.Length - _outputEnd < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((_outputEnd - _outputStart + bytes.Length) * 2);
            Output.CopyTo(larger);
            _outputEnd -= _outputStart;
            _outputStart = 0;
            Return(ref _output);
            _output = larger;
        }

        bytes.CopyTo(_output.AsSpan(_outputEnd));
        _outputEnd += bytes.Length;
    }

    /// <summary>So many bytes of <see cref="Output"/> are sent.</summary>
    internal void OutputSent(int count)
    {
        _outputStart += count;
        if (_outputStart == _outputEnd)
        {
            Return(ref _output);
            _outputStart = _outputEnd = 0;
        }
    }

    /// <summary>Keeps the beginning of a packet instead of what was kept before.</summary>
    internal void KeepInput(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            Return(ref _input);
        }
        else
        {
            if (_input is null || _input.Length < bytes.Length)
            {
                Return(ref _input);
                _input = ArrayPool<byte>.Shared.Rent(bytes.Length);
            }

            bytes.CopyTo(_input);
        }

        _inputSize = bytes.Length;
    }

    /// <summary>The connection is over.</summary>
    internal void Forget()
    {
        Return(ref _input);
        Return(ref _output);
        _inputSize = _outputStart = _outputEnd = 0;
        PingSentNs = 0;
        IsAtBarrier = false;
        State = ClientState.Closed;
    }

    private static void Return(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
