using Godwit.Fuzz.Engine;
using Godwit.Protocol;

namespace Godwit.Fuzz.Packets;

/// <summary>Makes conversations of a few clients: connections that begin with CONNECT, packets that fit, and now and then one that does not.</summary>
internal sealed class ScriptMaker
{
    private readonly FuzzRandom _random;
    private readonly IReadOnlyList<byte[]> _corpus;
    private readonly PacketMaker[] _makers;
    private readonly byte _versions;
    private readonly bool[] _isOpen = new bool[ScriptStep.Connections];
    private readonly List<ScriptStep> _steps = [];

    private ScriptMaker(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        _random = random;
        _corpus = corpus;
        _versions = random.Byte();
        _makers = [.. Enumerable.Range(0, ScriptStep.Connections).Select(connection => new PacketMaker(random, VersionOf(_versions, connection)))];
    }

    /// <summary>The version that a connection is meant for: two bits of the second byte of a script.</summary>
    public static ProtocolVersion VersionOf(byte versions, int connection) => ((versions >> (2 * connection)) & 3) switch
    {
        0 => ProtocolVersion.Mqtt31,
        1 => ProtocolVersion.Mqtt311,
        _ => ProtocolVersion.Mqtt5,
    };

    /// <summary>A script: the first byte chooses the broker, the second the versions, then come the steps.</summary>
    public static byte[] Make(FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        var maker = new ScriptMaker(random, corpus);
        var script = new List<byte> { random.Byte(), maker._versions };
        foreach (var step in maker.MakeSteps())
        {
            script.AddRange(step.Write());
        }

        if (random.OneIn(12))
        {
            ByteMutator.Mutate(script, random, corpus);
        }

        return [.. script];
    }

    private List<ScriptStep> MakeSteps()
    {
        if (_corpus.Count > 0 && _random.OneIn(5))
        {
            _steps.AddRange(ScriptStep.Read(_random.Pick(_corpus).AsSpan(2)));
        }

        for (var count = _random.Between(1, 40); count > 0; count--)
        {
            AddStep(_random.Below(ScriptStep.Connections));
        }

        for (var count = _random.OneIn(3) ? _random.Size(4) : 0; count > 0 && _steps.Count > 1; count--)
        {
            MoveStep();
        }

        return _steps;
    }

    private void AddStep(int connection)
    {
        switch (_random.Below(20))
        {
            case 0:
                _steps.Add(new ScriptStep(connection, ScriptStepKind.Drop, 0, []));
                _isOpen[connection] = false;
                break;

            case 1:
                _steps.Add(new ScriptStep(connection, ScriptStepKind.Wait, _random.Size(1000), []));
                break;

            case 2:
                _steps.Add(new ScriptStep(connection, ScriptStepKind.Room, _random.Below(100), []));
                break;

            case 3 or 4:
                _steps.Add(new ScriptStep(connection, ScriptStepKind.ReadOn, 0, []));
                break;

            default:
                AddData(connection);
                break;
        }
    }

    private void AddData(int connection)
    {
        var bytes = new List<byte>();
        if (!_isOpen[connection] && !_random.OneIn(40))
        {
            bytes.AddRange(_random.OneIn(30) ? Spoil(_makers[connection].Connect()) : _makers[connection].Connect());
            _isOpen[connection] = true;
        }

        for (var count = _random.Size(5); count > 0; count--)
        {
            var packet = _makers[connection].FromClient();
            if (_random.OneIn(25))
            {
                packet = Spoil(packet);
                _isOpen[connection] = _random.OneIn(2);
            }

            _isOpen[connection] &= packet is not [0xE0, ..];
            bytes.AddRange(packet);
        }

        var cut = _random.OneIn(4) ? _random.Below(bytes.Count) : bytes.Count;
        _steps.Add(ScriptStep.Data(connection, [.. bytes[..cut]]));
        if (cut < bytes.Count)
        {
            _steps.Add(ScriptStep.Data(connection, [.. bytes[cut..]]));
        }
    }

    private byte[] Spoil(byte[] packet) => PacketMutator.Mutate(packet, _random, _corpus);

    private void MoveStep()
    {
        var at = _random.Below(_steps.Count);
        switch (_random.Below(4))
        {
            case 0:
                _steps.RemoveAt(at);
                break;

            case 1:
                _steps.Insert(_random.Below(_steps.Count), _steps[at]);
                break;

            case 2:
                _steps[at] = _steps[at] with { Connection = _random.Below(ScriptStep.Connections) };
                break;

            default:
                var to = _random.Below(_steps.Count);
                (_steps[at], _steps[to]) = (_steps[to], _steps[at]);
                break;
        }
    }
}
