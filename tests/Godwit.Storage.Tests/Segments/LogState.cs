using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Segments;

/// <summary>A moment of a <see cref="LogRun"/>.</summary>
/// <param name="CallCount">Calls of the disk until then.</param>
/// <param name="Hot">What is known of the hot generation.</param>
/// <param name="Cold">And of the cold one.</param>
internal readonly record struct LogState(int CallCount, GenerationState Hot, GenerationState Cold)
{
    public GenerationState Of(Generation generation) => generation == Generation.Hot ? Hot : Cold;
}
